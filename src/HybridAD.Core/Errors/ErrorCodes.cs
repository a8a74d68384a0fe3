namespace HybridAD.Errors;

/// <summary>Every error code of the library. Thousands: 1 calls, 2 traces and guards, 3 .nl files, 4 trace JSON, 5 plans, 6 command line.</summary>
public static class ErrorCodes
{
    /// <summary>A span or array has the wrong length.</summary>
    public const string LengthMismatch = "HAD1001";

    /// <summary>An operation needs a function with a single output.</summary>
    public const string ScalarFunctionNeeded = "HAD1002";

    /// <summary>A workspace belongs to another compiled function.</summary>
    public const string ForeignWorkspace = "HAD1003";

    /// <summary>An option or index is outside its range.</summary>
    public const string OutOfRange = "HAD1004";

    /// <summary>A member of the generic-math interfaces has no meaning for an active scalar.</summary>
    public const string UnsupportedMember = "HAD1005";

    /// <summary>An expression tree contains something that cannot be traced.</summary>
    public const string UnsupportedExpression = "HAD1006";

    /// <summary>A Hessian has more structural nonzeros than allowed.</summary>
    public const string HessianTooDense = "HAD1007";

    /// <summary>Two active scalars belong to different traces.</summary>
    public const string MixedTraces = "HAD2001";

    /// <summary>An active scalar outlived the trace it was recorded on.</summary>
    public const string ClosedTrace = "HAD2002";

    /// <summary>A trace breaks one of its invariants.</summary>
    public const string InvalidTrace = "HAD2003";

    /// <summary>A guard flipped and the policy is to throw.</summary>
    public const string GuardFlipped = "HAD2004";

    /// <summary>The traced function returned another number of outputs than before.</summary>
    public const string OutputCountChanged = "HAD2005";
}
