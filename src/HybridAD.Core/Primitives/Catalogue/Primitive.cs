using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;

namespace HybridAD.Primitives;

/// <summary>How the operands of a primitive are stored in a trace.</summary>
public enum Arity : byte
{
    /// <summary>One operand.</summary>
    Unary,

    /// <summary>Two operands.</summary>
    Binary,

    /// <summary>Three operands, in an operand list.</summary>
    Ternary,

    /// <summary>One or more operands, in an operand list.</summary>
    List,

    /// <summary>One operand and literal parameters.</summary>
    Parametric,
}

/// <summary>What a first partial derivative is, so that free ones cost nothing.</summary>
public enum PartialForm : byte
{
    /// <summary>Has to be computed.</summary>
    Computed,

    /// <summary>Structurally zero: no dependence that could be differentiated.</summary>
    Zero,

    /// <summary>The constant 1.</summary>
    One,

    /// <summary>The constant −1.</summary>
    MinusOne,

    /// <summary>The value of the other operand.</summary>
    OtherOperand,

    /// <summary>The value of the operation itself.</summary>
    Result,
}

/// <summary>How smooth a primitive is.</summary>
public enum Smoothness : byte
{
    /// <summary>Differentiable inside its domain.</summary>
    Smooth,

    /// <summary>Continuous with kinks; at a kink a documented one-sided convention holds.</summary>
    Kinked,

    /// <summary>Piecewise constant: its derivative is zero wherever it exists.</summary>
    Step,

    /// <summary>Piecewise smooth with jumps between the pieces; the derivative is that of the piece the point belongs to.</summary>
    Jumping,
}

/// <summary>What an evaluation costs, in classes that the cost model prices for a machine.</summary>
public enum CostClass : byte
{
    /// <summary>Nothing is computed.</summary>
    Free,

    /// <summary>Add, multiply, compare, select.</summary>
    Arithmetic,

    /// <summary>Division, remainder.</summary>
    Division,

    /// <summary>Square root.</summary>
    Root,

    /// <summary>exp, log and relatives.</summary>
    Exponential,

    /// <summary>tanh, expm1 and relatives, which are made of exponentials that are kept from cancelling.</summary>
    Hyperbolic,

    /// <summary>sin, atan and relatives.</summary>
    Trigonometric,

    /// <summary>pow, erf, decimal rounding.</summary>
    Power,
}

/// <summary>Everything the parts of the library ask of an operation without knowing it. One object per operation code.</summary>
public abstract class Primitive
{
    private static readonly Primitive?[] ByCode = new Primitive?[256];
    private static readonly Arity[] Arities = new Arity[256];
    private static readonly Dictionary<string, Primitive> ByName = [];

    private protected Primitive(byte code, string name, Arity arity)
    {
        Code = code;
        Name = name;
        Arity = arity;
    }

    /// <summary>The operation code in a trace.</summary>
    public byte Code { get; }

    /// <summary>The name in trace files and messages.</summary>
    public string Name { get; }

    /// <summary>How operands are stored.</summary>
    public Arity Arity { get; }

    /// <summary>How smooth the operation is.</summary>
    public Smoothness Smoothness { get; init; }

    /// <summary>Whether exchanging two operands leaves the value unchanged.</summary>
    public bool IsCommutative { get; init; }

    /// <summary>Cost of the value.</summary>
    public CostClass ValueCost { get; init; } = CostClass.Arithmetic;

    /// <summary>Cost of one computed partial derivative once the value is known.</summary>
    public CostClass PartialCost { get; init; } = CostClass.Arithmetic;

    /// <summary>
    /// The largest error of a computed value in ulps of the result: 0 for operations without rounding, ½ for correctly rounded ones, what is known of the
    /// library's functions for the others (docs/dev/rounding-bounds.md). +∞ for operations whose error depends on more than the result, such as a sum of
    /// many terms that may cancel; <see cref="RoundingBound"/> tells more.
    /// </summary>
    public double UlpBound { get; init; } = 0.5;

    /// <summary>Whether value and partial derivatives are finite wherever the operands are, but for sums and products that overflow.</summary>
    public bool StaysFinite { get; init; }

    /// <summary>The function of C's library that computes the value, as exported code calls it; null where there is none.</summary>
    public string? SourceFunction { get; init; }

    /// <summary>The form of the partial derivative to one operand.</summary>
    public abstract PartialForm FormOf(int operand);

    /// <summary>What the partial derivative to an operand is computed from; where not from the value, a value that nothing else needs is not computed.</summary>
    public virtual Reads ReadsOf(int operand) => Reads.All;

    /// <summary>The value in registers of 256 bits, compiled beforehand: <see cref="IUnaryRule.ValueAhead"/>.</summary>
    internal virtual Func<Lanes256, Lanes256>? ValueAhead => null;

    /// <summary>The value at some operands; the slow obvious way that the interpreter is checked against.</summary>
    public abstract double Value(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters);

    /// <summary>The partial derivatives at some operands, one per operand.</summary>
    public abstract void Partials(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value, Span<double> partials);

    /// <summary>The second partial derivative to two operands (in either order).</summary>
    public abstract double SecondPartial(int first, int second, ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value);

    /// <summary>Writes the partial derivative to one operand as operations, so that it can be differentiated again; null where it cannot be.</summary>
    /// <param name="to">Where it is written.</param>
    /// <param name="operand">Which operand.</param>
    /// <param name="x">The operands, where they are written.</param>
    /// <param name="parameters">The literal parameters.</param>
    /// <param name="y">The value, where it is written.</param>
    /// <remarks>
    /// The conventions are those of <see cref="Partials"/>, at kinks too; where a rule avoids an overflow that the operations run into, something is not finite, and is computed in another way.
    /// </remarks>
    public abstract int? WritePartial(TraceBuilder to, int operand, ReadOnlySpan<int> x, ReadOnlySpan<double> parameters, int y);

    /// <summary>Whether the second partial derivative to two operands (first ≤ second) can be anything but zero.</summary>
    public abstract bool IsCurved(int first, int second);

    /// <summary>The value to about 100 bits: what the rounded value is compared with.</summary>
    public abstract DoubleDouble Refined(ReadOnlySpan<DoubleDouble> operands, ReadOnlySpan<double> parameters);

    /// <summary>
    /// A bound of |value − exact| for a value computed of these very operands: <see cref="UlpBound"/> ulps of it, or what a primitive that rounds more than once
    /// says. +∞ where the value is not finite and the operation rounds.
    /// </summary>
    public abstract double RoundingBound(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value);

    /// <summary>
    /// value − exact, signed, for a value computed of these very operands: by an error-free transformation where there is one, else the difference to
    /// <see cref="Refined"/>. Multiples of 2⁻¹⁰⁷⁴, as all doubles are, so it says little of values below 2⁻¹⁰¹⁵. NaN where value or exact result is not finite.
    /// </summary>
    public double LocalError(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value)
    {
        if (!double.IsFinite(value))
            return double.NaN;
        if (UlpBound == 0)
            return 0;
        if (ExactError(operands, parameters, value) is { } error)
            return error;
        // A long list has a long buffer.
        var refined = operands.Length <= 32 ? stackalloc DoubleDouble[operands.Length] : new DoubleDouble[operands.Length];
        for (var k = 0; k < operands.Length; k++)
            refined[k] = operands[k];
        return RoundingError.Of(value, Refined(refined, parameters));
    }

    /// <summary>value − exact by an error-free transformation, or null.</summary>
    private protected abstract double? ExactError(ReadOnlySpan<double> operands, ReadOnlySpan<double> parameters, double value);

    /// <summary>An interval that contains every value over the operands; undefined where they leave the domain.</summary>
    public abstract Interval Enclosure(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters);

    /// <summary>Intervals that contain the partial derivatives over the operands, one per operand, given an enclosure of the value.</summary>
    public abstract void PartialEnclosures(ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value, Span<Interval> partials);

    /// <summary>An interval that contains the second partial derivative to two operands (in either order), given an enclosure of the value.</summary>
    public abstract Interval SecondEnclosure(int first, int second, ReadOnlySpan<Interval> operands, ReadOnlySpan<double> parameters, Interval value);

    /// <summary>What is wrong with literal parameters, in words that follow the name of the primitive, or null. Every other member relies on it.</summary>
    public virtual string? ParameterComplaint(ReadOnlySpan<double> parameters) => parameters.IsEmpty ? null : "takes no parameters";

    /// <summary>Calls the visitor's method for the shape of this primitive with the rule as a type, so that loops over it are specialised.</summary>
    public abstract TResult Accept<TResult>(IPrimitiveVisitor<TResult> visitor);

    /// <summary>All primitives.</summary>
    public static IEnumerable<Primitive> All
    {
        get
        {
            Catalog.Load();
            return ByCode.OfType<Primitive>();
        }
    }

    /// <summary>The primitive with a code.</summary>
    public static Primitive Of(byte code)
    {
        Catalog.Load();
        return ByCode[code] ?? throw new ArgumentOutOfRangeException(nameof(code), code, "No primitive has this operation code.");
    }

    /// <summary>Whether a code belongs to a primitive.</summary>
    public static bool Exists(byte code)
    {
        Catalog.Load();
        return ByCode[code] is not null;
    }

    /// <summary>The primitive with a name, or null.</summary>
    public static Primitive? Find(string name)
    {
        Catalog.Load();
        return ByName.GetValueOrDefault(name);
    }

    /// <summary>The arity of an operation code, without touching the primitive.</summary>
    public static Arity ArityOf(byte code)
    {
        Catalog.Load();
        return Arities[code];
    }

    internal static TPrimitive Register<TPrimitive>(TPrimitive primitive)
        where TPrimitive : Primitive
    {
        if (ByCode[primitive.Code] is { } other || primitive.Code <= Op.Constant)
            throw new InvalidOperationException($"Primitive '{primitive.Name}' has the operation code {primitive.Code}, which is taken.");
        ByCode[primitive.Code] = primitive;
        Arities[primitive.Code] = primitive.Arity;
        ByName.Add(primitive.Name, primitive);
        return primitive;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
