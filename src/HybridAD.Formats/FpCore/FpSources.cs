using System.Collections;
using HybridAD.Graph;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>Where the nodes of a run come from, and the variables they are assigned to: four bytes a node, the rest is in the program.</summary>
internal sealed class FpSources : INodeSources, IReadOnlyList<int>
{
    private readonly FpProgram _program;
    private readonly Trace _trace;
    private readonly int[] _sources;
    private readonly string?[] _texts;

    public FpSources(FpProgram program, Trace trace, int[] sources)
    {
        (_program, _trace, _sources) = (program, trace, sources);
        _texts = new string?[program.Entries.Length];
        VariableNames = Names(program.Variables);
    }

    public IReadOnlyList<string> VariableNames { get; }

    public int Count => _sources.Length;

    public int this[int node]
    {
        get
        {
            var isRoundedNext = node + 1 < Count && _trace.Operations[node + 1] == Op.Cast && _trace.OperandsOf(node + 1)[0] == node;
            return VariableOf(_program, _sources[node], isRoundedNext ? _sources[node + 1] : -1);
        }
    }

    public string? Of(int node)
    {
        if (_sources[node] < 0)
            return null;
        var source = _program.Entries[_sources[node]].Source;
        return _texts[_sources[node]] ??= $"{source.Shown} at {source.Position}";
    }

    /// <summary>The variable that a node is assigned to, or −1; where its value is rounded as it is assigned, the rounded one counts.</summary>
    /// <param name="program">The program.</param>
    /// <param name="entry">The place the node comes from.</param>
    /// <param name="roundedEntry">The place of the rounding that follows it, or −1.</param>
    public static int VariableOf(FpProgram program, int entry, int roundedEntry)
    {
        var variable = entry < 0 ? -1 : program.Entries[entry].Variable;
        return roundedEntry >= 0 && program.Entries[roundedEntry].Variable == variable ? -1 : variable;
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
