using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// Values and partial derivatives inside a body that its adjoints are made of and that take longer to compute than to load: each time keeps its own. What is arithmetic is
/// computed again from those, and from leaves and results, which are there.
/// </summary>
internal sealed class KeptNumbers
{
    private readonly Trace _body;
    private readonly List<(int Node, int Operand)> _numbers = [];
    private readonly Dictionary<(int Node, int Operand), int> _places = [];

    private KeptNumbers(Trace body) => _body = body;

    /// <summary>How many there are.</summary>
    public int Count => _numbers.Count;

    /// <summary>The value of a node, for operand −1, or its partial derivative to an operand.</summary>
    public (int Node, int Operand) this[int number] => _numbers[number];

    /// <summary>What the adjoints of a body need.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="sweep">One direction through its body.</param>
    public static KeptNumbers Of(RecurrenceSegment segment, KernelSweep sweep)
    {
        // The adjoints are written, and thrown away: what they ask for is what has to be kept.
        var kept = new KeptNumbers(segment.Body);
        var (code, loads) = (new KernelCodeBuilder(int.MaxValue, exactValues: false), 0);
        var values = new KernelTranslation(segment.Body, code, _ => code.Load(loads++), kept.Written(number => code.Load(loads++), isComplete: false));
        foreach (var output in segment.Body.Outputs)
            values.Take(output, code.Load(loads++));
        sweep.Adjoints(values, code, Array.ConvertAll(segment.Results, _ => code.Load(loads++)));
        return kept;
    }

    /// <summary>What the tangents of a kernel need.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="sweep">One direction through it.</param>
    public static KeptNumbers OfTangents(Trace kernel, KernelSweep sweep)
    {
        var kept = new KeptNumbers(kernel);
        var (code, loads) = (new KernelCodeBuilder(int.MaxValue, exactValues: false), 0);
        var values = new KernelTranslation(kernel, code, _ => code.Load(loads++), kept.Written(number => code.Load(loads++), isComplete: false));
        sweep.Tangents(values, code, _ => code.Load(loads++));
        return kept;
    }

    /// <summary>Gives the step of a number that is kept, by its node and operand; −1 where it is to be computed.</summary>
    /// <param name="load">Gives the step that loads a number that is kept.</param>
    public Func<int, int, int> Written(Func<int, int> load) => Written(load, isComplete: true);

    private Func<int, int, int> Written(Func<int, int> load, bool isComplete) => (node, operand) =>
    {
        if (_places.TryGetValue((node, operand), out var known))
            return load(known);
        var primitive = Primitive.Of(_body.Operations[node]);
        if (isComplete || (operand < 0 ? primitive.ValueCost : primitive.PartialCost) is CostClass.Free or CostClass.Arithmetic)
            return -1;
        _places.Add((node, operand), _numbers.Count);
        _numbers.Add((node, operand));
        return load(_numbers.Count - 1);
    };
}
