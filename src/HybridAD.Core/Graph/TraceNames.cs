namespace HybridAD.Graph;

/// <summary>Names that the source of a trace gave; any part may be missing.</summary>
/// <param name="Inputs">One name per input, or null.</param>
/// <param name="Outputs">One name per output, or null.</param>
/// <param name="Nodes">Names of single nodes by id, or null.</param>
public sealed record TraceNames(IReadOnlyList<string>? Inputs = null, IReadOnlyList<string>? Outputs = null, IReadOnlyDictionary<int, string>? Nodes = null)
{
    /// <summary>No names at all.</summary>
    public static TraceNames None { get; } = new();

    /// <summary>The name of an output, or <c>y3</c>.</summary>
    public string Output(int index) => Outputs is null ? $"y{index}" : Outputs[index];

    /// <summary>The name of an input, or <c>x3</c>.</summary>
    public string Input(int index) => Inputs is null ? $"x{index}" : Inputs[index];
}
