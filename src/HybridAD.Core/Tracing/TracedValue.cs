namespace HybridAD.Tracing;

/// <summary>What a sub-expression came to.</summary>
internal enum TracedKind : byte
{
    /// <summary>A value that does not depend on an input, of any type.</summary>
    Constant,

    /// <summary>A node of the trace.</summary>
    Number,

    /// <summary>A node of the trace that is 1 for true and 0 for false.</summary>
    Truth,

    /// <summary>An array with active elements.</summary>
    Vector,
}

/// <summary>The result of translating one sub-expression.</summary>
internal readonly record struct TracedValue(TracedKind Kind, int Node = -1, object? Value = null, TracedValue[]? Elements = null)
{
    public bool IsConstant => Kind == TracedKind.Constant;

    public static TracedValue Constant(object? value) => new(TracedKind.Constant, Value: value);

    public static TracedValue Number(int node) => new(TracedKind.Number, node);

    public static TracedValue Truth(int node) => new(TracedKind.Truth, node);

    public static TracedValue Vector(TracedValue[] elements) => new(TracedKind.Vector, Elements: elements);
}
