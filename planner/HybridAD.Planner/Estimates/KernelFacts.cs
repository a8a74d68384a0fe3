using HybridAD.Elimination;
using HybridAD.Linearization;
using HybridAD.Plans;

namespace HybridAD.Planning.Estimates;

/// <summary>What one instance of a kernel computes, as far as its price depends on it.</summary>
internal sealed class KernelFacts
{
    /// <summary>Steps of straight-line code that a processor looks at together to find those that need not wait.</summary>
    private const int UnderWay = 128;

    private readonly AccumulationProgram _program;
    private readonly bool[] _isComputed;
    private readonly int[][] _leaves;

    /// <param name="order">How the kernel is differentiated.</param>
    public KernelFacts(KernelOrder order)
    {
        (Graph, Pattern) = (order.Problem.Graph, order.Problem.Pattern);
        _program = order.Strategy switch
        {
            AccumulationStrategy accumulation => accumulation.Program!,
            EliminationStrategy elimination => elimination.Program!,
            _ => throw new ArgumentException("Kernels are differentiated by accumulation.", nameof(order)),
        };
        _isComputed = new bool[Pattern.NonzeroCount];
        _leaves = [.. Enumerable.Range(0, Pattern.RowCount).Select(output => Pattern.Row(output).ToArray())];
        CountProducts();
        (PartialOperations, AllOperations) = (LabelOperations.Of(Graph), LabelOperations.WithAllValues(Graph));
    }

    /// <summary>The kernel, linearised.</summary>
    public LinearizedGraph Graph { get; }

    /// <summary>Its local Jacobian, outputs × leaves.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>Whether any local derivative depends on the point.</summary>
    public bool HasComputed { get; private set; }

    /// <summary>Instructions of the program that computes the local derivatives, copies included.</summary>
    public int Instructions => _program.InstructionCount;

    /// <summary>Multiply-adds of the local derivatives; copies are none.</summary>
    public int Products { get; private set; }

    /// <summary>Multiply-adds that wait for the one before, where there is one instance only.</summary>
    public long Waits => AccumulationCost.Waits(_program, UnderWay);

    /// <summary>Different numbers among the local derivatives that depend on the point.</summary>
    public int DistinctNumbers { get; private set; }

    /// <summary>What is computed of the values for the derivatives, and the partial derivatives.</summary>
    public KernelOperations PartialOperations { get; }

    /// <summary>All values, and the partial derivatives.</summary>
    public KernelOperations AllOperations { get; }

    /// <summary>The leaves that an output depends on.</summary>
    public int[] LeavesOf(int output) => _leaves[output];

    /// <summary>Whether a local derivative depends on the point.</summary>
    public bool IsComputed(int output, int leaf) => _isComputed[Pattern.RowStarts[output] + Pattern.Row(output).BinarySearch(leaf)];

    private void CountProducts()
    {
        // What a copy is a copy of.
        var origin = new int[_program.SlotCount];
        for (var slot = 0; slot < origin.Length; slot++)
            origin[slot] = slot;
        var isCounted = new bool[origin.Length];
        foreach (var step in _program.Instructions)
        {
            var left = step.Left < 0 ? ~step.Left : step.Left;
            var isCopy = _program.IsOne(step.Right) && _program.IsZero(step.Addend);
            origin[step.Target] = isCopy ? origin[left] : step.Target;
            Products += isCopy ? 0 : 1;
            if (step.Target < _program.EntryStart)
                continue;
            _isComputed[step.Target - _program.EntryStart] = HasComputed = true;
            DistinctNumbers += isCounted[origin[step.Target]] ? 0 : 1;
            isCounted[origin[step.Target]] = true;
        }
    }
}
