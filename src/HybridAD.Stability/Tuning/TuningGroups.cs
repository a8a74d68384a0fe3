using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Tuning;

/// <summary>
/// The groups of the programs at all points: by variable where the source has variables, else by place in the source, else every operation by itself (and then all points
/// must have the same trace).
/// </summary>
internal sealed class TuningGroups
{
    private readonly List<string> _names = [];
    private readonly List<long> _assignments = [];
    private readonly HashSet<int> _kept = [];

    public TuningGroups(IReadOnlyList<TuningPoint> points)
    {
        var first = points[0].Program;
        OfNode = first.VariableOf is not null && first.Variables.Count > 0 ? ByVariable(points)
            : first.Sources is not null ? BySource(points)
            : ByOperation(points);
        _assignments.AddRange(Enumerable.Repeat(0L, _names.Count));
        for (var k = 0; k < points.Count; k++)
            Count(points[k].Program.Trace, OfNode[k]);
        Groups = [.. _names.Select((name, index) => new TuningGroup(name, _assignments[index], _kept.Contains(index)))];
    }

    public IReadOnlyList<TuningGroup> Groups { get; }

    /// <summary>The group of each node, or −1; per point.</summary>
    public IReadOnlyList<int>[] OfNode { get; }

    private IReadOnlyList<int>[] ByVariable(IReadOnlyList<TuningPoint> points)
    {
        _names.AddRange(points[0].Program.Variables);
        return [.. points.Select(point => point.Program.VariableOf!)];
    }

    private IReadOnlyList<int>[] BySource(IReadOnlyList<TuningPoint> points)
    {
        var indices = new Dictionary<string, int>();
        return [.. points.Select(point => Groups(point.Program))];

        IReadOnlyList<int> Groups(RoundedProgram program)
        {
            var groups = new int[program.Trace.NodeCount];
            for (var node = 0; node < groups.Length; node++)
            {
                groups[node] = -1;
                if (!IsNumber(program.Trace.Operations[node]) || program.Sources?.Of(node) is not { } source)
                    continue;
                if (!indices.TryGetValue(source, out groups[node]))
                {
                    indices.Add(source, groups[node] = _names.Count);
                    _names.Add(source);
                }
            }
            return groups;
        }
    }

    private IReadOnlyList<int>[] ByOperation(IReadOnlyList<TuningPoint> points)
    {
        var trace = points[0].Program.Trace;
        var groups = new int[trace.NodeCount];
        for (var node = 0; node < groups.Length; node++)
        {
            groups[node] = IsNumber(trace.Operations[node]) ? _names.Count : -1;
            if (groups[node] >= 0)
                _names.Add($"{Primitive.Of(trace.Operations[node]).Name} (node {node})");
        }
        return [.. points.Select(_ => groups)];
    }

    /// <summary>Whether an operation gives a number that could be stored in another format.</summary>
    private static bool IsNumber(byte operation) => operation > Op.Constant && !IsTruth(operation);

    private static bool IsTruth(byte operation) => operation is Op.Less or Op.LessOrEqual or Op.Equal or Op.GreaterOrEqual or Op.Greater or Op.NotEqual
        or Op.And or Op.Or or Op.Not or Op.AllDifferent;

    private void Count(Trace trace, IReadOnlyList<int> groups)
    {
        for (var node = 0; node < trace.NodeCount; node++)
            if (groups[node] >= 0)
                _assignments[groups[node]]++;
        var compared = new Stack<int>();
        foreach (var guard in trace.Guards)
            compared.Push(guard.Node);
        for (var node = 0; node < trace.NodeCount; node++)
            if (trace.Operations[node] == Op.Select)
                compared.Push(trace.OperandsOf(node)[0]);
        while (compared.TryPop(out var node))
            if (IsTruth(trace.Operations[node]))
            {
                foreach (var operand in trace.OperandsOf(node))
                    compared.Push(operand);
            }
            else if (groups[node] >= 0)
                _kept.Add(groups[node]);
    }
}
