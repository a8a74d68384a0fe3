using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;

namespace HybridAD.Primitives;

/// <summary>What a partial derivative is computed from: what it does not read need be neither computed nor loaded for it.</summary>
[Flags]
public enum Reads : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The first operand.</summary>
    A = 1,

    /// <summary>The second operand.</summary>
    B = 2,

    /// <summary>The value of the operation.</summary>
    Value = 4,

    /// <summary>All of them.</summary>
    All = A | B | Value,
}

/// <summary>Value and derivatives of y = φ(x), as a type so that loops over it are compiled for it.</summary>
public interface IUnaryRule
{
    /// <summary>φ(x).</summary>
    static abstract double Value(double x);

    /// <summary>What <see cref="Partial(double, double)"/> reads.</summary>
    static virtual Reads PartialReads => Reads.All;

    /// <summary>φ′(x), given y = φ(x).</summary>
    static abstract double Partial(double x, double y);

    /// <summary>φ″(x), given y = φ(x).</summary>
    static abstract double Second(double x, double y);

    /// <summary>Writes φ′ as operations, given the nodes x and y, so that it can be differentiated again: with the conventions of <see cref="Partial(double, double)"/>; null where nobody wrote them.</summary>
    static virtual int? WritePartial(TraceBuilder to, int x, int y) => null;

    /// <summary>φ in every lane: within a few ulps of the scalar value, and just like it at special operands.</summary>
    static abstract T Value<T>(T x) where T : struct, ILanes<T>;

    /// <summary>φ in registers of 256 bits as code that may be compiled with the assembly, the same numbers; null where a rule has none, as most have. Not to be called where it was not compiled so.</summary>
    static virtual Func<Lanes256, Lanes256>? ValueAhead => null;

    /// <summary>φ′ in every lane, with the conventions of the scalar partial.</summary>
    static abstract T Partial<T>(T x, T y) where T : struct, ILanes<T>;

    /// <summary>φ(x) to about 100 bits.</summary>
    static abstract DoubleDouble Refined(DoubleDouble x);

    /// <summary>y − φ(x) by an error-free transformation; null where the difference to <see cref="Refined"/> has to do.</summary>
    static virtual double? LocalError(double x, double y) => null;

    /// <summary>A bound of |y − φ(x)| where it is not <see cref="Primitive.UlpBound"/> ulps of y; null where it is.</summary>
    static virtual double? RoundingBound(double x, double y) => null;

    /// <summary>An interval that contains φ over x; <see cref="Interval.Undefined"/> where φ is not defined on a part of it.</summary>
    static abstract Interval Enclosure(Interval x);

    /// <summary>
    /// An interval that contains φ′ over x, given one that contains φ, and with it the slope of every chord: at a kink all slopes between the pieces that
    /// x touches (the generalised derivative), and where φ may jump <see cref="Interval.Entire"/>, as no finite slope bounds a difference across a
    /// jump. A derivative that grows without bound at the end of a domain has an infinite end; <see cref="Interval.Undefined"/> where x leaves it.
    /// </summary>
    static abstract Interval PartialEnclosure(Interval x, Interval y);

    /// <summary>An interval that contains φ″ over x away from kinks, given one that contains φ.</summary>
    static abstract Interval SecondEnclosure(Interval x, Interval y);
}

/// <summary>Value and derivatives of y = φ(a, b).</summary>
public interface IBinaryRule
{
    /// <summary>φ(a, b).</summary>
    static abstract double Value(double a, double b);

    /// <summary>What <see cref="PartialA(double, double, double)"/> reads.</summary>
    static virtual Reads PartialAReads => Reads.All;

    /// <summary>What <see cref="PartialB(double, double, double)"/> reads.</summary>
    static virtual Reads PartialBReads => Reads.All;

    /// <summary>∂φ/∂a, given y = φ(a, b).</summary>
    static abstract double PartialA(double a, double b, double y);

    /// <summary>∂φ/∂b, given y = φ(a, b).</summary>
    static abstract double PartialB(double a, double b, double y);

    /// <summary>∂²φ/∂a².</summary>
    static abstract double SecondAA(double a, double b, double y);

    /// <summary>∂²φ/∂a∂b.</summary>
    static abstract double SecondAB(double a, double b, double y);

    /// <summary>∂²φ/∂b².</summary>
    static abstract double SecondBB(double a, double b, double y);

    /// <summary>Writes ∂φ/∂a as operations, see <see cref="IUnaryRule.WritePartial"/>.</summary>
    static virtual int? WritePartialA(TraceBuilder to, int a, int b, int y) => null;

    /// <summary>Writes ∂φ/∂b as operations.</summary>
    static virtual int? WritePartialB(TraceBuilder to, int a, int b, int y) => null;

    /// <summary>φ in every lane: within a few ulps of the scalar value, and just like it at special operands.</summary>
    static abstract T Value<T>(T a, T b) where T : struct, ILanes<T>;

    /// <summary>∂φ/∂a in every lane, with the conventions of the scalar partial.</summary>
    static abstract T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T>;

    /// <summary>∂φ/∂b in every lane.</summary>
    static abstract T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T>;

    /// <summary>φ(a, b) to about 100 bits.</summary>
    static abstract DoubleDouble Refined(DoubleDouble a, DoubleDouble b);

    /// <summary>y − φ(a, b) by an error-free transformation; null where the difference to <see cref="Refined"/> has to do.</summary>
    static virtual double? LocalError(double a, double b, double y) => null;

    /// <summary>A bound of |y − φ(a, b)| where it is not <see cref="Primitive.UlpBound"/> ulps of y; null where it is.</summary>
    static virtual double? RoundingBound(double a, double b, double y) => null;

    /// <summary>An interval that contains φ over a and b; <see cref="Interval.Undefined"/> where φ is not defined on a part of them.</summary>
    static abstract Interval Enclosure(Interval a, Interval b);

    /// <summary>
    /// An interval that contains ∂φ/∂a, given one that contains φ. Kinks, jumps and unbounded derivatives as in
    /// <see cref="IUnaryRule.PartialEnclosure"/>.
    /// </summary>
    static abstract Interval PartialAEnclosure(Interval a, Interval b, Interval y);

    /// <summary>An interval that contains ∂φ/∂b, given one that contains φ.</summary>
    static abstract Interval PartialBEnclosure(Interval a, Interval b, Interval y);

    /// <summary>An interval that contains ∂²φ/∂a².</summary>
    static abstract Interval SecondAAEnclosure(Interval a, Interval b, Interval y);

    /// <summary>An interval that contains ∂²φ/∂a∂b.</summary>
    static abstract Interval SecondABEnclosure(Interval a, Interval b, Interval y);

    /// <summary>An interval that contains ∂²φ/∂b².</summary>
    static abstract Interval SecondBBEnclosure(Interval a, Interval b, Interval y);
}

/// <summary>Value and derivatives of an operation over a list of operands.</summary>
public interface IListRule
{
    /// <summary>φ(x₀, x₁, …).</summary>
    static abstract double Value(ReadOnlySpan<double> x);

    /// <summary>∂φ/∂xₖ for every operand, given y.</summary>
    static abstract void Partials(ReadOnlySpan<double> x, double y, Span<double> partials);

    /// <summary>∂²φ/∂xᵢ∂xⱼ.</summary>
    static abstract double Second(int i, int j, ReadOnlySpan<double> x, double y);

    /// <summary>Writes the partial derivative to one operand as operations, see <see cref="IUnaryRule.WritePartial"/>.</summary>
    static virtual int? WritePartial(TraceBuilder to, int operand, ReadOnlySpan<int> x, int y) => null;

    /// <summary>φ(x₀, x₁, …) to about 100 bits.</summary>
    static abstract DoubleDouble Refined(ReadOnlySpan<DoubleDouble> x);

    /// <summary>y − φ(x₀, x₁, …) by an error-free transformation; null where the difference to <see cref="Refined"/> has to do.</summary>
    static virtual double? LocalError(ReadOnlySpan<double> x, double y) => null;

    /// <summary>A bound of |y − φ(x₀, x₁, …)| where it is not <see cref="Primitive.UlpBound"/> ulps of y; null where it is.</summary>
    static virtual double? RoundingBound(ReadOnlySpan<double> x, double y) => null;

    /// <summary>An interval that contains φ over the operands.</summary>
    static abstract Interval Enclosure(ReadOnlySpan<Interval> x);

    /// <summary>
    /// Intervals that contain ∂φ/∂xₖ, one per operand, given one that contains φ. Kinks, jumps and unbounded derivatives as in
    /// <see cref="IUnaryRule.PartialEnclosure"/>; an operand that only selects others has 0, and what a change of the choice does is not in it.
    /// </summary>
    static abstract void PartialEnclosures(ReadOnlySpan<Interval> x, Interval y, Span<Interval> partials);

    /// <summary>An interval that contains ∂²φ/∂xᵢ∂xⱼ.</summary>
    static abstract Interval SecondEnclosure(int i, int j, ReadOnlySpan<Interval> x, Interval y);
}

/// <summary>Value and derivative of y = φ(x; p) with literal parameters p.</summary>
public interface IParametricRule
{
    /// <summary>What is wrong with some parameters, in words that follow the name of the primitive, or null.</summary>
    static abstract string? Complaint(ReadOnlySpan<double> parameters);

    /// <summary>φ(x; p).</summary>
    static abstract double Value(double x, ReadOnlySpan<double> parameters);

    /// <summary>∂φ/∂x, given y.</summary>
    static abstract double Partial(double x, ReadOnlySpan<double> parameters, double y);

    /// <summary>∂²φ/∂x², given y.</summary>
    static abstract double Second(double x, ReadOnlySpan<double> parameters, double y);

    /// <summary>Writes ∂φ/∂x as operations, see <see cref="IUnaryRule.WritePartial"/>.</summary>
    static virtual int? WritePartial(TraceBuilder to, int x, ReadOnlySpan<double> parameters, int y) => null;

    /// <summary>φ(x; p) to about 100 bits.</summary>
    static abstract DoubleDouble Refined(DoubleDouble x, ReadOnlySpan<double> parameters);

    /// <summary>y − φ(x; p) by an error-free transformation; null where the difference to <see cref="Refined"/> has to do.</summary>
    static virtual double? LocalError(double x, ReadOnlySpan<double> parameters, double y) => null;

    /// <summary>A bound of |y − φ(x; p)| where it is not <see cref="Primitive.UlpBound"/> ulps of y; null where it is.</summary>
    static virtual double? RoundingBound(double x, ReadOnlySpan<double> parameters, double y) => null;

    /// <summary>An interval that contains φ over x; <see cref="Interval.Undefined"/> where φ is not defined on a part of it.</summary>
    static abstract Interval Enclosure(Interval x, ReadOnlySpan<double> parameters);

    /// <summary>An interval that contains ∂φ/∂x, given one that contains φ; at kinks as in <see cref="IUnaryRule.PartialEnclosure"/>.</summary>
    static abstract Interval PartialEnclosure(Interval x, ReadOnlySpan<double> parameters, Interval y);

    /// <summary>An interval that contains ∂²φ/∂x².</summary>
    static abstract Interval SecondEnclosure(Interval x, ReadOnlySpan<double> parameters, Interval y);
}

/// <summary>Receives the rule of a primitive as a type argument.</summary>
public interface IPrimitiveVisitor<TResult>
{
    /// <summary>The primitive has one operand.</summary>
    TResult Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule;

    /// <summary>The primitive has two operands.</summary>
    TResult Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule;

    /// <summary>The primitive has a list of operands (three for a ternary one).</summary>
    TResult List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule;

    /// <summary>The primitive has one operand and parameters.</summary>
    TResult Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule;
}
