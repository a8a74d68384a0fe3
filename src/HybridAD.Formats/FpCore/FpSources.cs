using System.Collections;
using HybridAD.Graph;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>Where the nodes of a run come from, and the variables they are assigned to: four bytes a node, the rest is in the program.</summary>
internal sealed class FpSources : INodeSources, IReadOnlyList<int>
{
    private readonly FpProgram _program;
    private readonly byte[] _operations;
    private readonly int[] _operands;
    private readonly int[] _sources;
    private readonly string?[] _texts;

    public FpSources(FpProgram program, byte[] operations, int[] operands, int[] sources)
    {
        (_program, _operations, _operands, _sources) = (program, operations, operands, sources);
        _texts = new string?[program.Entries.Length];
        VariableNames = Names(program.Variables);
    }

    public IReadOnlyList<string> VariableNames { get; }

    public int Count => _sources.Length;

    public int this[int node] => Assigns(_program, _operations, _operands, _sources, node, _sources.Length);

    public string? Of(int node)
    {
        if (_sources[node] < 0)
            return null;
        var source = _program.Entries[_sources[node]].Source;
        return _texts[_sources[node]] ??= $"{source.Shown} at {source.Position}";
    }

    /// <summary>The variable a node is assigned to, or −1; where a value is rounded as it is assigned, the rounded one counts.</summary>
    public static int Assigns(FpProgram program, byte[] operations, int[] operands, int[] sources, int node, int count)
    {
        if (sources[node] < 0)
            return -1;
        var variable = program.Entries[sources[node]].Variable;
        var next = node + 1;
        var isRoundedNext = variable >= 0 && next < count && operations[next] == Op.Cast && operands[2 * next] == node
            && sources[next] >= 0 && program.Entries[sources[next]].Variable == variable;
        return isRoundedNext ? -1 : variable;
    }

    public IEnumerator<int> GetEnumerator()
    {
        for (var node = 0; node < Count; node++)
            yield return this[node];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Names that are bound more than once get their place, so that each is one variable.</summary>
    private static string[] Names(IReadOnlyList<FpVariable> variables)
    {
        var counts = variables.CountBy(variable => variable.Name).ToDictionary();
        return [.. variables.Select(variable => counts[variable.Name] == 1 ? variable.Name : $"{variable.Name} at {variable.Position}")];
    }
}
