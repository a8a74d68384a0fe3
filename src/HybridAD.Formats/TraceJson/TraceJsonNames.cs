using HybridAD.Graph;

namespace HybridAD.Formats.TraceJson;

/// <summary>
/// Names in a trace file go by node id. Inputs are nodes; an output takes the name of its node, which fails only where two outputs are one node:
/// then their names are written as a list of their own.
/// </summary>
internal static class TraceJsonNames
{
    /// <summary>All names of a trace by node id.</summary>
    public static SortedDictionary<int, string> ById(Trace trace)
    {
        var names = new SortedDictionary<int, string>();
        for (var input = 0; input < (trace.Names.Inputs?.Count ?? 0); input++)
            names[input] = trace.Names.Input(input);
        if (trace.Names.Nodes is { } nodes)
            foreach (var (node, name) in nodes)
                names.TryAdd(node, name);
        for (var output = 0; output < (trace.Names.Outputs?.Count ?? 0); output++)
            names.TryAdd(trace.Outputs[output], trace.Names.Output(output));
        return names;
    }

    /// <summary>The names that a trace gets from names by node id.</summary>
    public static TraceNames Of(SortedDictionary<int, string> byId, int inputCount, ReadOnlySpan<int> outputs)
    {
        if (byId.Count == 0)
            return TraceNames.None;
        var hasInputs = byId.Keys.First() < inputCount;
        var inputs = hasInputs ? new string[inputCount] : null;
        for (var input = 0; input < (inputs?.Length ?? 0); input++)
            inputs![input] = byId.GetValueOrDefault(input) ?? $"x{input}";
        var outputNames = new string[outputs.Length];
        var hasOutputs = false;
        for (var output = 0; output < outputs.Length; output++)
        {
            hasOutputs |= byId.TryGetValue(outputs[output], out var name);
            outputNames[output] = name ?? $"y{output}";
        }
        var nodes = byId.Where(n => n.Key >= inputCount).ToDictionary(n => n.Key, n => n.Value);
        return new TraceNames(inputs, hasOutputs ? outputNames : null, nodes.Count == 0 ? null : nodes);
    }
}
