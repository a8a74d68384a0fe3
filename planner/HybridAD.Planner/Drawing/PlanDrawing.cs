using System.Globalization;
using HybridAD.Graph;
using HybridAD.Planning.Drawing;
using HybridAD.Primitives;
using QuikGraph;

namespace HybridAD;

/// <summary>A plan as a picture: what flows between its blocks, each in the colour of its mode.</summary>
public static class PlanDrawing
{
    private const int MostBlocks = 30;
    private const int MostOperations = 40;
    private const int Outputs = -2;
    private const int Others = -3;

    /// <summary>
    /// Draws the graph of blocks from left to right: a box for every block with its mode, its operations and how often they are run; a line for
    /// what one block reads from another, with the number of numbers. A function of one block and few operations is drawn operation by operation.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="trace">The function, for pictures of single operations; null: blocks only.</param>
    /// <returns>An SVG document.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="plan"/> is null.</exception>
    public static string ToSvg(this JacobianPlan plan, Trace? trace = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var title = string.Create(CultureInfo.InvariantCulture,
            $"{plan.Chosen}: Jacobian {plan.OutputCount:N0} × {plan.InputCount:N0}, {plan.NonzeroCount:N0} nonzeros, {plan.OperationCount:N0} operations");
        return plan.Blocks is [{ Instances: 1 } only] && trace is { OperationCount: <= MostOperations } && trace.InputCount + trace.OutputCount <= MostOperations
            ? Operations(title, trace, only)
            : Blocks(title, plan);
    }

    private static string Blocks(string title, JacobianPlan plan)
    {
        var shown = plan.Blocks.Length <= MostBlocks ? plan.Blocks : plan.Blocks[..MostBlocks];
        var graph = new BidirectionalGraph<int, TaggedEdge<int, int>>(allowParallelEdges: false);
        graph.AddVertexRange([PlanFlow.FunctionInputs, .. shown.Select(static block => block.Id), Outputs]);
        foreach (var block in shown)
        {
            // A plan from a file may name anything; blocks read earlier ones.
            foreach (var flow in block.Reads.Where(flow => flow.From < block.Id && graph.ContainsVertex(flow.From)))
                graph.AddEdge(new TaggedEdge<int, int>(flow.From, block.Id, flow.Width));
            if (block.Results > 0)
                graph.AddEdge(new TaggedEdge<int, int>(block.Id, Outputs, block.Results));
        }
        if (shown.Length < plan.Blocks.Length)
        {
            graph.AddVertex(Others);
            graph.AddEdge(new TaggedEdge<int, int>(PlanFlow.FunctionInputs, Others, 0));
            graph.AddEdge(new TaggedEdge<int, int>(Others, Outputs, 0));
        }
        var picture = new SvgPicture(title, graph, columnWidth: 250, boxWidth: 150, boxHeight: 56, gap: 26);
        foreach (var edge in graph.Edges)
            picture.Line(edge.Source, edge.Target, edge.Tag > 0 ? Count(edge.Tag) : "");
        picture.Box(PlanFlow.FunctionInputs, SvgPicture.Plain, Count(plan.InputCount, "input"));
        picture.Box(Outputs, SvgPicture.Plain, Count(plan.OutputCount, "output"));
        foreach (var block in shown)
            picture.Box(block.Id, block.Mode, block.Mode, (block.Instances > 1 ? $"{Count(block.Instances)} × " : "") + Count(block.Operations, "operation"));
        if (shown.Length < plan.Blocks.Length)
            picture.Box(Others, SvgPicture.Plain, $"and {Count(plan.Blocks.Length - shown.Length, "more block")}");
        return picture.Finish(shown.Select(static block => block.Mode));
    }

    private static string Operations(string title, Trace trace, PlanBlock block)
    {
        var graph = new BidirectionalGraph<int, TaggedEdge<int, int>>(allowParallelEdges: false);
        for (var node = 0; node < trace.NodeCount; node++)
            if (!trace.IsConstant(node))
                graph.AddVertex(node);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            foreach (var operand in trace.OperandsOf(node))
                if (!trace.IsConstant(operand))
                    graph.AddEdge(new TaggedEdge<int, int>(operand, node, 1));
        var names = new Dictionary<int, string>(trace.Names.Nodes ?? new Dictionary<int, string>());
        for (var input = 0; input < trace.InputCount; input++)
            names[input] = trace.Names.Input(input);
        for (var output = 0; output < trace.OutputCount; output++)
            names.TryAdd(trace.Outputs[output], trace.Names.Output(output));
        var picture = new SvgPicture(title, graph, columnWidth: 150, boxWidth: 84, boxHeight: 44, gap: 22);
        foreach (var edge in graph.Edges)
            picture.Line(edge.Source, edge.Target, "");
        foreach (var node in graph.Vertices)
            if (node < trace.InputCount)
                picture.Box(node, SvgPicture.Plain, names[node]);
            else if (names.TryGetValue(node, out var name))
                picture.Box(node, block.Mode, Symbol(trace, node), name);
            else
                picture.Box(node, block.Mode, Symbol(trace, node));
        return picture.Finish([block.Mode]);
    }

    /// <summary>The operation with its constant operands: "add 1".</summary>
    private static string Symbol(Trace trace, int node)
    {
        var symbol = Primitive.Of(trace.Operations[node]).Name;
        foreach (var operand in trace.OperandsOf(node))
            if (trace.IsConstant(operand))
                symbol += string.Create(CultureInfo.InvariantCulture, $" {trace.ConstantOf(operand):g4}");
        return symbol;
    }

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Count(int count, string what) => $"{Count(count)} {what}{(count == 1 ? "" : "s")}";
}
