using HybridAD.Errors;
using HybridAD.Formats.FpCore.Emission;
using HybridAD.Formats.Source;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>
/// A benchmark of an FPCore file: a function with the formats it is computed in and the inputs it is meant for. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// A literal is the exact number that is written, rounded to the format of its context; what the rounding did is in
/// <see cref="RoundedProgram.LiteralErrors"/>. An operation in a context narrower than binary64 is computed in binary64 and rounded by a <c>cast</c>, which for + − · / √ of
/// operands of that format is what the narrower arithmetic gives, bit for bit.
/// </remarks>
public sealed class FpCore
{
    private readonly FpProgram? _program;
    private readonly Lazy<double[]> _point;

    internal FpCore(FpCoreSource source, FpProgram? program, FpDomain? domain, string? complaint)
    {
        (Source, _program, Meant, Complaint) = (source, program, domain, complaint);
        _point = new(() => FpPoints.Default(this));
    }

    /// <summary>The name: <c>:name</c>, or else the identifier, or else <c>core</c> and its number in the file, from 1.</summary>
    public string Name => Source.Name;

    /// <summary>The line the core begins in, from 1.</summary>
    public int Line => Source.Position.Line;

    /// <summary>The arguments, in order; empty where even they cannot be read.</summary>
    public IReadOnlyList<FpArgument> Arguments => Source.Arguments;

    /// <summary>The format of the context of the whole body.</summary>
    public NumberFormat Precision => Source.Precision;

    /// <summary>The properties by name, with the colon, as text on one line.</summary>
    public IReadOnlyDictionary<string, string> Properties => Source.Properties.ToDictionary(property => property.Key, property => property.Value.Shown);

    /// <summary>Whether the core can be run.</summary>
    public bool IsSupported => Complaint is null;

    /// <summary><c>ok</c>, or <c>unsupported: why</c> with the place.</summary>
    public string Status => IsSupported ? "ok" : $"unsupported: {Complaint}";

    /// <summary>
    /// The inputs the core is meant for, by its precondition. A side of the box without a bound is infinite; an argument without any bound that has a value in
    /// <c>:example</c> is that value. Bounds that are not doubles are rounded outward.
    /// </summary>
    public InputDomain Domain => Supported(Meant).Domain;

    /// <summary>
    /// A default point: values of <c>:example</c>, else the middle of the box, else a number of the box near 1; where that breaks the precondition, the first
    /// sample that does not.
    /// </summary>
    public IReadOnlyList<double> Point => _point.Value;

    internal FpCoreSource Source { get; }

    internal FpDomain? Meant { get; }

    internal string? Complaint { get; }

    internal FpProgram Program => Supported(_program);

    /// <summary>Runs the body at a point into a straight trace: loops unrolled, the branches taken there, a guard for each decision that depends on an input or a rounding.</summary>
    /// <param name="x">One number per argument, which should be of its format.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="FpCoreException">The core is not supported, or runs too long.</exception>
    public RoundedProgram TraceAt(ReadOnlySpan<double> x, FpTraceOptions? options = null)
    {
        var program = Program;
        Throw.IfLengthDiffers(x.Length, Arguments.Count, nameof(x), "one number per argument");
        return Run(new FpRun(program, options ?? FpTraceOptions.Default, Name, x, isStraight: true), x.ToArray());
    }

    /// <summary>
    /// The whole function as one trace: <c>select</c> for every <c>if</c> that depends on the inputs, both sides computed; loops unrolled, where how often they run
    /// does not depend on the inputs. Its point is <see cref="Point"/>.
    /// </summary>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="FpCoreException">The core is not supported, runs too long, or has a loop that depends on the inputs.</exception>
    public RoundedProgram Trace(FpTraceOptions? options = null)
    {
        var program = Program;
        options ??= FpTraceOptions.Default;
        if (options.FixedArguments is { } known)
            Throw.IfLengthDiffers(known.Count, Arguments.Count, nameof(options.FixedArguments), "one entry per argument");
        return Run(new FpRun(program, options, Name, [], isStraight: false), [.. Point]);
    }

    /// <summary>Points of the domain, for looking at errors there.</summary>
    /// <param name="count">How many are wanted.</param>
    /// <param name="seed">Equal seeds give equal points.</param>
    /// <exception cref="FpCoreException">The core is not supported.</exception>
    public FpSample SamplePoints(int count, int seed)
    {
        _ = Program;
        if (count < 0)
            Throw.OutOfRange(nameof(count), count, "0 or more");
        return FpPoints.Sample(this, count, seed);
    }

    /// <summary>Whether a point meets the precondition, as computed in binary64.</summary>
    /// <exception cref="FpCoreException">The core is not supported.</exception>
    public bool MeetsPrecondition(ReadOnlySpan<double> x)
    {
        Throw.IfLengthDiffers(x.Length, Arguments.Count, nameof(x), "one number per argument");
        return Supported(Meant).Contains(x);
    }

    /// <summary>The core as a function of C or C#, with its loops and branches, that computes bit for bit what the core does where both use the same mathematical library.</summary>
    /// <param name="language">The language.</param>
    /// <param name="variableFormats">binary64 or binary32 for each variable, in the order of <see cref="RoundedProgram.Variables"/>; null for the formats of the source.</param>
    /// <param name="functionName">A name for the function; null for one made of <see cref="Name"/>.</param>
    /// <exception cref="FpCoreException">The core is not supported, or a format has no type in the language.</exception>
    /// <remarks>Arrays become an array of doubles (C#) or a last parameter <c>double *result</c> (C). <c>fmin</c> and <c>fmax</c> of NaN are those of the language.</remarks>
    public string ToSource(SourceLanguage language, IReadOnlyList<NumberFormat>? variableFormats = null, string? functionName = null)
    {
        if (variableFormats is not null)
            Throw.IfLengthDiffers(variableFormats.Count, Program.Variables.Count, nameof(variableFormats), "one format per variable");
        return FpEmitter.Write(Source, Program.Variables, variableFormats, language, functionName);
    }

    private RoundedProgram Run(FpRun run, double[] point)
    {
        var result = Program.Body.Run(run);
        return run.Finish(result, [.. Arguments.Select(argument => argument.Name)], point);
    }

    private T Supported<T>(T? part)
        where T : class => part ?? throw new FpCoreException(ErrorCodes.FpCoreUnsupported, $"{Name}: {Complaint}");
}

/// <summary>A core as it is written.</summary>
internal sealed record FpCoreSource(string Name, Position Position, IReadOnlyList<FpArgument> Arguments, NumberFormat Precision,
    IReadOnlyDictionary<string, SExpression> Properties, SExpression? Body);
