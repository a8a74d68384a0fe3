using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Functions;

/// <summary>
/// Iterations that contract because two large terms nearly cancel, one of which is a function that is kept for the way back and one arithmetic that is done again: if that is rounded otherwise, the difference grows
/// with every step, although the function is as well conditioned as can be.
/// </summary>
public sealed class ContractingRecurrenceTests
{
    public static TheoryData<string, double> Functions => new()
    {
        { "a sum of products", 10 },
        { "a sum of products", 30 },
        { "a sum of products", 100 },
        { "a product that is read twice", 10 },
        { "a product that is read twice", 30 },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Products_in_reverse_are_right(string name, double factor)
    {
        var (compiled, interpreted, x) = Both(name, factor);
        var right = interpreted.Vjp(x, [1.0, 0.5]);
        Close.ToScale(right, compiled.Vjp(x, [1.0, 0.5]), 1e-11, "adjoints");
        var (outputs, gradient) = (new double[2], new double[x.Length]);
        compiled.ValueAndVjp(x, [1.0, 0.5], outputs, gradient);
        Close.ToScale(interpreted.Value(x), outputs, 1e-11, "outputs");
        Close.ToScale(right, gradient, 1e-11, "adjoints with outputs");
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Jacobians_are_right(string name, double factor)
    {
        var (compiled, interpreted, x) = Both(name, factor);
        var right = interpreted.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(x).Values.ToArray();
        var plan = compiled.PlanJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        var otherwise = ((BlockStrategy)plan.Strategy).Otherwise;
        SweepStrategy forward = new(SweepDirection.Forward, [.. Enumerable.Range(0, x.Length)], x.Length), reverse = new(SweepDirection.Reverse, [0, 1], 2);
        foreach (var strategy in (ReadOnlySpan<JacobianStrategy>)[
            plan.Strategy,
            new BlockStrategy([forward], otherwise, BlockComposition.Recurrences), new BlockStrategy([reverse], otherwise, BlockComposition.Recurrences),
            new BlockStrategy([forward], otherwise, BlockComposition.Directions), new BlockStrategy([reverse], otherwise, BlockComposition.Directions),
            new BlockStrategy([forward], otherwise, BlockComposition.Sweeps)])
        {
            var jacobian = compiled.Compile(plan with { Strategy = strategy }, Engine.Compiled);
            Close.ToScale(right, jacobian.Evaluate(x).Values.ToArray(), 1e-11, $"entries, {strategy}");
            var (outputs, entries) = (new double[2], new double[right.Length]);
            jacobian.ValueAndEvaluateSparse(x, outputs, entries);
            Close.ToScale(right, entries, 1e-11, $"entries with outputs, {strategy}");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Second_derivatives_are_right(string name, double factor)
    {
        var (compiled, interpreted, x) = Both(name, factor);
        double[] weights = [1.0, 0.5], direction = [1, -0.5, 0.25, 1, 0.1];
        var (rightProduct, product) = (new double[x.Length], new double[x.Length]);
        interpreted.Hvp(x, weights, direction, rightProduct);
        compiled.Hvp(x, weights, direction, product);
        Close.ToScale(rightProduct, product, 1e-9, "products with the Hessian");
        var (right, hessian) = (new double[interpreted.HessianPattern.NonzeroCount], new double[compiled.HessianPattern.NonzeroCount]);
        interpreted.SparseHessian(x, weights, right);
        compiled.SparseHessian(x, weights, hessian);
        Close.ToScale(right, hessian, 1e-9, "Hessian");
    }

    private static (TracedFunction Compiled, TracedFunction Interpreted, double[] X) Both(string name, double factor)
    {
        const int Steps = 300;
        Func<Real[], Real[]> function = name switch
        {
            "a sum of products" => x =>
            {
                Real state = x[0];
                for (var step = 0; step < Steps; step++)
                    state = factor * state - (factor - 0.5) * Sin(state * x[4]) + 0.01 * x[step % 4];
                return [state, state * x[1]];
            },
            _ => x =>
            {
                Real state = x[0];
                for (var step = 0; step < Steps; step++)
                {
                    var product = x[4] * state;
                    state = 0.01 * x[step % 4] + product - (factor - 0.5) / factor * Sin(product);
                }
                return [state, state * x[1]];
            },
        };
        double[] point = name == "a sum of products" ? [0.1, 0.02, -0.03, 0.01, 1] : [0.01, 0.002, -0.003, 0.001, factor];
        return (AD.Trace(function, point, new TracingOptions { Engine = Engine.Compiled }), AD.Trace(function, point, new TracingOptions { Engine = Engine.Interpreted }), point);
    }
}
