using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Planning.Estimates;

/// <summary>Counts the operations of a function that its derivatives are made of: the values and the partial derivatives at the edges of the linearised graph.</summary>
internal static class LabelOperations
{
    /// <summary>What is computed of the values for the derivatives, and the partial derivatives.</summary>
    public static KernelOperations Of(LinearizedGraph graph) => Operations(graph, NeededForPartials(graph));

    /// <summary>All values, and the partial derivatives.</summary>
    public static KernelOperations WithAllValues(LinearizedGraph graph) => Operations(graph, null);

    /// <summary>All values, and nothing else.</summary>
    public static KernelOperations OfValues(Trace trace) => Values(trace, null, out _);

    private static KernelOperations Operations(LinearizedGraph graph, bool[]? isNeeded)
    {
        var trace = graph.Trace;
        var operations = Values(trace, isNeeded, out var calls);
        var reciprocals = new HashSet<int>();
        foreach (var (node, operand) in graph.ComputedPartials)
        {
            var operation = trace.Operations[node];
            // A sine and the cosine of the same number are computed together.
            if (operation is Op.Sin or Op.Cos && isNeeded?[node] != false)
                continue;
            // So are the reciprocals of which the derivatives of quotients and logarithms are made: each is computed once.
            var cost = ReciprocalOf(trace, node) is >= 0 and var divisor && !reciprocals.Add(divisor) ? CostClass.Arithmetic : Primitive.Of(operation).PartialCost;
            operations.Add(cost, 1, (operation, true, 2 * calls[node] + operand));
        }
        return operations;
    }

    /// <summary>The node whose reciprocal the derivatives of a node are multiples of; −1 where there is none.</summary>
    private static int ReciprocalOf(Trace trace, int node) => trace.Operations[node] switch
    {
        Op.Log => trace.OperandsOf(node)[0],
        // The derivative of a literal over a number is a quotient of its own.
        Op.Div when !trace.IsConstant(trace.OperandsOf(node)[0]) => trace.OperandsOf(node)[1],
        _ => -1,
    };

    /// <summary>The values that are needed.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="isNeeded">Which ones; null for all.</param>
    /// <param name="calls">How many calls come before each on the longest way there.</param>
    private static KernelOperations Values(Trace trace, bool[]? isNeeded, out int[] calls)
    {
        var operations = new KernelOperations();
        // How many calls, and how many other operations, come before a node on the longest way there.
        calls = new int[trace.NodeCount];
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
        return operations;
    }

    /// <summary>The nodes whose values the derivatives are made of.</summary>
    private static bool[] NeededForPartials(LinearizedGraph graph)
    {
        var isNeeded = new bool[graph.Trace.NodeCount];
        for (var edge = 0; edge < graph.EdgeCount; edge++)
            if (graph.Kinds[edge] == LabelKind.NodeValue)
                isNeeded[graph.Labels[edge]] = true;
        foreach (var (node, _) in graph.ComputedPartials)
        {
            // Sines and cosines come together; other functions mostly have a derivative that is made of their value.
            isNeeded[node] |= Primitive.Of(graph.Trace.Operations[node]).ValueCost is not (CostClass.Trigonometric or CostClass.Arithmetic);
            foreach (var operand in graph.Trace.OperandsOf(node))
                isNeeded[operand] = true;
        }
        for (var node = isNeeded.Length - 1; node >= graph.Trace.InputCount; node--)
            if (isNeeded[node])
                foreach (var operand in graph.Trace.OperandsOf(node))
                    isNeeded[operand] = true;
        return isNeeded;
    }
}
