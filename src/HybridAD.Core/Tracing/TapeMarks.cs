using HybridAD.Rounding;

namespace HybridAD.Tracing;

/// <summary>What code says of its own structure while it is recorded: which values are its variables, and where its stages begin.</summary>
internal sealed class TapeMarks
{
    private readonly Dictionary<int, int> _variableOf = [];
    private readonly Dictionary<string, int> _indices = [];
    private readonly List<string> _variables = [];
    private readonly List<int> _stages = [];

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
        return program with { VariableOf = variableOf, Variables = [.. _variables], Stages = _stages.Count == 0 ? null : [.. _stages] };
    }
}
