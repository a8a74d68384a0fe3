using HybridAD.Graph;
using HybridAD.Rounding;

namespace HybridAD.Tracing;

/// <summary>What code says of its own structure while it is recorded: which values are its variables, where its stages begin, and where the instances of its loops are.</summary>
internal sealed class TapeMarks
{
    private readonly Dictionary<int, int> _variableOf = [];
    private readonly Dictionary<string, int> _indices = [];
    private readonly List<string> _variables = [];
    private readonly List<int> _stages = [];
    private readonly List<string?> _loops = [];
    private readonly List<StatedRun> _runs = [];

    public bool IsAssigned(int node) => _variableOf.ContainsKey(node);

    public void Assign(int node, string variable)
    {
        if (!_indices.TryGetValue(variable, out var index))
        {
            index = _variables.Count;
            _indices.Add(variable, index);
            _variables.Add(variable);
        }
        _variableOf[node] = index;
    }

    /// <summary>A stage begins at a node; one without operations is none.</summary>
    public void BeginStage(int node)
    {
        if (_stages is not [.., var last] || last < node)
            _stages.Add(node);
    }

    /// <summary>A loop begins; loops of one name are one.</summary>
    public int AddLoop(string? name)
    {
        // Inner loops are begun again and again, by the same statement mostly.
        for (var k = _loops.Count - 1; k >= Math.Max(0, _loops.Count - 8); k--)
            if (_loops[k] == name)
                return k;
        _loops.Add(name);
        return _loops.Count - 1;
    }

    /// <summary>Where instances of a loop are; those inside of them have been added before.</summary>
    public void AddLoopRun(int start, int length, int count, int loop) => _runs.Add(new StatedRun(start, length, count, loop, -1));

    /// <summary>The program with what was said of it.</summary>
    public RoundedProgram AddTo(RoundedProgram program)
    {
        int[]? variableOf = null;
        if (_variables.Count > 0)
        {
            variableOf = new int[program.Trace.NodeCount];
            variableOf.AsSpan().Fill(-1);
            foreach (var (node, variable) in _variableOf)
                variableOf[node] = variable;
        }
        if (_stages is [.., var last] && last >= program.Trace.NodeCount)
            _stages.RemoveAt(_stages.Count - 1);
        return program with { VariableOf = variableOf, Variables = [.. _variables], Stages = _stages.Count == 0 ? null : [.. _stages], Loops = Loops() };
    }

    private StatedLoops? Loops()
    {
        if (_runs.Count == 0)
            return null;
        var runs = _runs.ToArray();
        // Of runs that start with the same node the longer is the outer one; of equal ones that which ended last.
        var order = new int[runs.Length];
        for (var k = 0; k < order.Length; k++)
            order[k] = k;
        Array.Sort(order, (a, b) => runs[a].Start != runs[b].Start ? runs[a].Start.CompareTo(runs[b].Start)
            : runs[a].End != runs[b].End ? runs[b].End.CompareTo(runs[a].End) : b.CompareTo(a));
        var sorted = new StatedRun[runs.Length];
        for (var k = 0; k < sorted.Length; k++)
        {
            var outer = k - 1;
            while (outer >= 0 && sorted[outer].End <= runs[order[k]].Start)
                outer = sorted[outer].Outer;
            sorted[k] = runs[order[k]] with { Outer = outer };
        }
        return new StatedLoops(sorted, _loops);
    }
}
