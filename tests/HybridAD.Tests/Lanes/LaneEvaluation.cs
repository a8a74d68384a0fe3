using HybridAD.Lanes;
using HybridAD.Primitives;

namespace HybridAD.Tests.Lanes;

/// <summary>Value and partials of an operation at many points.</summary>
internal sealed record Outcome(double[] Values, double[][] Partials);

/// <summary>Evaluates unary and binary primitives in lanes of one width; the points are a multiple of it.</summary>
internal sealed class LaneEvaluation<T>(double[][] operands) : IPrimitiveVisitor<Outcome>
    where T : struct, ILanes<T>
{
    public Outcome Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule
    {
        var outcome = Empty(1);
        for (var i = 0; i < operands[0].Length; i += T.Count)
        {
            var x = T.Load(in operands[0][i]);
            var y = TRule.Value(x);
            T.Store(y, ref outcome.Values[i]);
            T.Store(TRule.Partial(x, y), ref outcome.Partials[0][i]);
        }
        return outcome;
    }

    public Outcome Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule
    {
        var outcome = Empty(2);
        for (var i = 0; i < operands[0].Length; i += T.Count)
        {
            var (a, b) = (T.Load(in operands[0][i]), T.Load(in operands[1][i]));
            var y = TRule.Value(a, b);
            T.Store(y, ref outcome.Values[i]);
            T.Store(TRule.PartialA(a, b, y), ref outcome.Partials[0][i]);
            T.Store(TRule.PartialB(a, b, y), ref outcome.Partials[1][i]);
        }
        return outcome;
    }

    public Outcome List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule => throw new NotSupportedException();

    public Outcome Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule => throw new NotSupportedException();

    private Outcome Empty(int arity)
    {
        var count = operands[0].Length;
        return new(new double[count], [.. Enumerable.Range(0, arity).Select(_ => new double[count])]);
    }
}

/// <summary>The lane types by name.</summary>
internal static class Widths
{
    public static readonly string[] Names = ["scalar", "128", "256", "512"];

    public static Outcome Evaluate(string width, Primitive primitive, double[][] operands) => width switch
    {
        "scalar" => primitive.Accept(new LaneEvaluation<LanesScalar>(operands)),
        "128" => primitive.Accept(new LaneEvaluation<Lanes128>(operands)),
        "256" => primitive.Accept(new LaneEvaluation<Lanes256>(operands)),
        _ => primitive.Accept(new LaneEvaluation<Lanes512>(operands)),
    };
}
