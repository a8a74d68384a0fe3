namespace HybridAD.Graph;

/// <summary>
/// The operation codes of a trace. Each primitive declares its own code in its own file under <c>Primitives/</c>;
/// the two here are not computed and so are not primitives.
/// </summary>
public static partial class Op
{
    /// <summary>An input of the function; inputs are the first nodes of every trace.</summary>
    public const byte Input = 0;

    /// <summary>A literal number; its operand is an index into <see cref="Trace.Constants"/>.</summary>
    public const byte Constant = 1;
}
