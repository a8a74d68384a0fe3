using HybridAD.Errors;
using HybridAD.Simplification;

namespace HybridAD;

/// <summary>What happens at a point where the traced code would have taken another branch.</summary>
public enum GuardPolicy
{
    /// <summary>The code is traced again at the new point; both traces are kept.</summary>
    Retrace,

    /// <summary>An error that names the comparison and its operands.</summary>
    Throw,

    /// <summary>The branch that was traced is differentiated all the same.</summary>
    Ignore,
}

/// <summary>How a function is traced.</summary>
public sealed record TracingOptions
{
    /// <summary>Everything at its default.</summary>
    public static TracingOptions Default { get; } = new();

    /// <summary>What happens where a guard does not hold. A function that came from a file cannot be traced again: there, retrace means throw.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: no policy.</exception>
    public GuardPolicy OnGuardFlip { get; init => field = Throw.IfUndefined(value, nameof(OnGuardFlip)); } = GuardPolicy.Retrace;

    /// <summary>What is simplified after tracing.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public SimplificationOptions Simplification
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Simplification));
            field = value;
        }
    } = SimplificationOptions.Default;

    /// <summary>What evaluates values, gradients, products and Hessians, and Jacobians where their own options do not say: an interpreter, compiled kernels, or each where it pays.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: no engine.</exception>
    public Engine Engine { get; init => field = Throw.IfUndefined(value, nameof(Engine)); }

    /// <summary>
    /// Whether compiled kernels compute exp, sin and the other functions one number at a time, as <see cref="Math"/> and the interpreter do. Otherwise they are computed for several numbers
    /// at once, several times as fast and within 2 ulps. With it, compiled values have the bits of interpreted ones, but where a long sum is added up in another order; derivatives differ where
    /// products are fused with sums.
    /// </summary>
    public bool StrictFunctions { get; init; }

    /// <summary>
    /// Whether the line of C# that performs each operation is found while tracing. Costs some microseconds for each operation, instead of some nanoseconds, and
    /// 4 bytes; nothing when false. Lines come from debug symbols; without them the method and the place in its IL are given. Code that has run often enough to
    /// be optimised may show a neighbouring line. Under native AOT nothing is found.
    /// </summary>
    public bool CaptureSource { get; init; }

    /// <summary>
    /// Whether a literal stands for its shortest decimal form, so that 0.1 means 1/10 and its double has an error of its own. Otherwise a literal means the double,
    /// as C# has it. Only the analyses of rounding ask.
    /// </summary>
    public bool LiteralsAsWritten { get; init; }
}
