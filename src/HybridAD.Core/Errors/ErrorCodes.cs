namespace HybridAD.Errors;

/// <summary>Every error code of the library. Thousands: 1 calls, 2 traces and guards, 3 .nl files, 4 trace JSON, 5 plans, 6 command line,
/// 7 FPCore files and precision tuning.</summary>
public static class ErrorCodes
{
    /// <summary>A span or array has the wrong length.</summary>
    public const string LengthMismatch = "HAD1001";

    /// <summary>An operation needs a function with a single output.</summary>
    public const string ScalarFunctionNeeded = "HAD1002";

    /// <summary>An option or index is outside its range.</summary>
    public const string OutOfRange = "HAD1004";

    /// <summary>A member of the generic-math interfaces has no meaning for an active scalar.</summary>
    public const string UnsupportedMember = "HAD1005";

    /// <summary>An expression tree contains something that cannot be traced.</summary>
    public const string UnsupportedExpression = "HAD1006";

    /// <summary>A Hessian has more structural nonzeros than allowed.</summary>
    public const string HessianTooDense = "HAD1007";

    /// <summary>A buffer was made for another compiled Jacobian.</summary>
    public const string ForeignBuffer = "HAD1008";

    /// <summary>A gradient or Jacobian cannot be written as a function: an operation has no derivative that is made of operations.</summary>
    public const string UnwrittenDerivative = "HAD1009";

    /// <summary>A Jacobian cannot be written as a function: its operations are too many.</summary>
    public const string TooLongToWrite = "HAD1010";

    /// <summary>A Jacobian has more structural nonzeros than allowed, or more numbers than an array holds.</summary>
    public const string JacobianTooDense = "HAD1011";

    /// <summary>Two active scalars belong to different traces.</summary>
    public const string MixedTraces = "HAD2001";

    /// <summary>An active scalar outlived the trace it was recorded on.</summary>
    public const string ClosedTrace = "HAD2002";

    /// <summary>A function is recorded on several threads.</summary>
    public const string OtherThread = "HAD2008";

    /// <summary>The traced function returned null.</summary>
    public const string NoOutputs = "HAD2009";

    /// <summary>A trace breaks one of its invariants.</summary>
    public const string InvalidTrace = "HAD2003";

    /// <summary>A guard flipped and the policy is to throw.</summary>
    public const string GuardFlipped = "HAD2004";

    /// <summary>The traced function returned another number of outputs than before.</summary>
    public const string OutputCountChanged = "HAD2005";

    /// <summary>Another branch has nonzeros outside the pattern of a compiled Jacobian.</summary>
    public const string PatternChanged = "HAD2006";

    /// <summary>A bound over a box is asked of a trace that was recorded on a branch not taken everywhere on the box.</summary>
    public const string BranchesOverBox = "HAD2007";

    /// <summary>A bound over a box needs more memory than allowed: it has as many numbers as there are operations, for each input.</summary>
    public const string BoxTooLarge = "HAD2010";

    /// <summary>The forced mode, or every mode, needs more memory than allowed.</summary>
    public const string PlanDoesNotFit = "HAD5001";

    /// <summary>A plan belongs to another function.</summary>
    public const string ForeignPlan = "HAD5002";

    /// <summary>A plan file is not well formed.</summary>
    public const string PlanFile = "HAD5003";

    /// <summary>A plan names columns, rows or operations that do not fit the function it is used for.</summary>
    public const string InvalidPlan = "HAD5004";

    /// <summary>The data is not an .nl file.</summary>
    public const string NotNl = "HAD3001";

    /// <summary>One of the ten header lines of an .nl file is missing or is not numbers.</summary>
    public const string NlHeader = "HAD3002";

    /// <summary>An .nl file ends inside a segment.</summary>
    public const string NlTruncated = "HAD3003";

    /// <summary>An .nl expression uses an operator number that the format does not define.</summary>
    public const string NlUnknownOpcode = "HAD3004";

    /// <summary>An index or count in an .nl file is outside the range its header allows.</summary>
    public const string NlIndexOutOfRange = "HAD3005";

    /// <summary>An .nl expression uses a defined variable before its V segment.</summary>
    public const string NlUndefinedVariable = "HAD3006";

    /// <summary>An .nl file lacks a segment that its header promises.</summary>
    public const string NlMissingSegment = "HAD3007";

    /// <summary>An .nl file holds a segment twice.</summary>
    public const string NlDuplicateSegment = "HAD3008";

    /// <summary>A number in an .nl file cannot be read.</summary>
    public const string NlBadNumber = "HAD3009";

    /// <summary>Something stands in an .nl file where something else must stand.</summary>
    public const string NlUnexpected = "HAD3010";

    /// <summary>An n-ary operator of an .nl expression has no operands.</summary>
    public const string NlNoOperands = "HAD3011";

    /// <summary>The header of an .nl file promises more than the file has room for.</summary>
    public const string NlImplausible = "HAD3012";

    /// <summary>An .nl file is well formed but not something that can be differentiated, such as a model without variables.</summary>
    public const string NlUnsupported = "HAD3013";

    /// <summary>The content of a model file is of no known type.</summary>
    public const string UnknownModelType = "HAD3020";

    /// <summary>A trace file is not well-formed JSON.</summary>
    public const string TraceJsonSyntax = "HAD4001";

    /// <summary>A trace file lacks a member, has one of the wrong kind, or is of another format or version.</summary>
    public const string TraceJsonShape = "HAD4002";

    /// <summary>A node of a trace file is malformed or reads a node that is not earlier.</summary>
    public const string TraceJsonNode = "HAD4003";

    /// <summary>A node of a trace file names an operation that does not exist.</summary>
    public const string TraceJsonUnknownOperation = "HAD4004";

    /// <summary>A cost profile is not well-formed JSON, lacks a price or has one that is not positive.</summary>
    public const string ProfileFile = "HAD5005";

    /// <summary>The brackets, strings or numbers of an FPCore file are malformed.</summary>
    public const string FpCoreSyntax = "HAD7001";

    /// <summary>An FPCore benchmark has something that cannot be computed.</summary>
    public const string FpCoreUnsupported = "HAD7002";

    /// <summary>An FPCore program runs longer than allowed.</summary>
    public const string FpCoreTooLong = "HAD7003";

    /// <summary>How often a loop of an FPCore program runs depends on the inputs, where one trace for all points was asked for.</summary>
    public const string FpCoreLoop = "HAD7004";

    /// <summary>An FPCore file has several benchmarks and none was chosen, or none of the name that was.</summary>
    public const string FpCoreChoice = "HAD7005";

    /// <summary>An operation or format has no form in the language that source is to be written in.</summary>
    public const string NoSourceForm = "HAD7006";

    /// <summary>The command line has an unknown option, a value that is not allowed, or lacks something.</summary>
    public const string BadCall = "HAD6001";

    /// <summary>A file named on the command line cannot be read.</summary>
    public const string UnreadableFile = "HAD6002";

    /// <summary>The file for the result cannot be written.</summary>
    public const string UnwritableFile = "HAD6003";

    /// <summary>A model has no default point but the call asks for it.</summary>
    public const string NoDefaultPoint = "HAD6004";

    /// <summary>A file of points is malformed.</summary>
    public const string PointsFile = "HAD6005";

    /// <summary>A box on the command line, or the domain of a model, lacks a finite interval for an input.</summary>
    public const string Box = "HAD6008";

    /// <summary>A line that should be a message is none.</summary>
    public const string NoMessage = "HAD6009";

    /// <summary>The format holds one result, but there are several points.</summary>
    public const string OneResultOnly = "HAD6007";
}
