using HybridAD.Elimination;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.Primitives;
using HybridAD.Rolling;
using HybridAD.Sparsity;

namespace HybridAD.Planning.Candidates;

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
        var isNeeded = NeededForPartials();
        PartialOperations = Operations(isNeeded);
        AllOperations = Operations(null);
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
        var origin = new Dictionary<int, int>();
        var numbers = new HashSet<int>();
        foreach (var step in _program.InstructionArray)
        {
            var left = step.Left < 0 ? ~step.Left : step.Left;
            var isCopy = _program.IsOne(step.Right) && _program.IsZero(step.Addend);
            origin[step.Target] = isCopy ? origin.GetValueOrDefault(left, left) : step.Target;
            Products += isCopy ? 0 : 1;
            if (step.Target < _program.EntryStart)
                continue;
            _isComputed[step.Target - _program.EntryStart] = HasComputed = true;
            numbers.Add(origin[step.Target]);
        }
        DistinctNumbers = numbers.Count;
    }

    private KernelOperations Operations(bool[]? isNeeded)
    {
        var trace = Graph.Trace;
        var operations = new KernelOperations();
        // How many calls, and how many other operations, come before a node on the longest way there.
        var calls = new int[trace.NodeCount];
        var chain = new int[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            var operation = trace.Operations[node];
            if (operation <= Op.Constant || isNeeded?[node] == false)
                continue;
            foreach (var operand in trace.OperandsOf(node))
                (calls[node], chain[node]) = (Math.Max(calls[node], calls[operand]), Math.Max(chain[node], chain[operand]));
            var cost = Primitive.Of(operation).ValueCost;
            (calls[node], chain[node]) = KernelOperations.IsCall(cost) ? (calls[node] + 1, chain[node]) : (calls[node], chain[node] + KernelOperations.Latency(cost));
            operations.Add(cost, NodeReader.IsListed(operation) ? trace.OperandsOf(node).Length - 1 : 1, (operation, false, calls[node]));
            operations.LongestChain = Math.Max(operations.LongestChain, chain[node]);
        }
        foreach (var (node, operand) in Graph.ComputedPartials)
            // A sine and the cosine of the same number are computed together.
            if (trace.Operations[node] is not (Op.Sin or Op.Cos) || isNeeded?[node] == false)
                operations.Add(Primitive.Of(trace.Operations[node]).PartialCost, 1, (trace.Operations[node], true, 2 * calls[node] + operand));
        return operations;
    }

    /// <summary>The nodes whose values the derivatives are made of.</summary>
    private bool[] NeededForPartials()
    {
        var isNeeded = new bool[Graph.Trace.NodeCount];
        for (var edge = 0; edge < Graph.EdgeCount; edge++)
            if (Graph.Kinds[edge] == LabelKind.NodeValue)
                isNeeded[Graph.Labels[edge]] = true;
        foreach (var (node, _) in Graph.ComputedPartials)
        {
            // Sines and cosines come together; other functions mostly have a derivative that is made of their value.
            isNeeded[node] |= Primitive.Of(Graph.Trace.Operations[node]).ValueCost is not (CostClass.Trigonometric or CostClass.Arithmetic);
            foreach (var operand in Graph.Trace.OperandsOf(node))
                isNeeded[operand] = true;
        }
        for (var node = isNeeded.Length - 1; node >= Graph.Trace.InputCount; node--)
            if (isNeeded[node])
                foreach (var operand in Graph.Trace.OperandsOf(node))
                    isNeeded[operand] = true;
        return isNeeded;
    }
}
