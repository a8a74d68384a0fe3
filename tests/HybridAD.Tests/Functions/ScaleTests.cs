using HybridAD.Graph;
using static HybridAD.Real;

namespace HybridAD.Tests.Functions;

/// <summary>What must take one sweep takes one sweep, and depth costs no stack.</summary>
public sealed class ScaleTests
{
    [Fact]
    public void The_gradient_of_a_million_inputs_takes_one_reverse_sweep()
    {
        const int n = 1_000_000;
        var x = new double[n];
        for (var i = 0; i < n; i++)
            x[i] = i % 2 == 0 ? -1.2 : 1;
        var f = AD.Trace(v =>
        {
            Real sum = 0;
            for (var i = 0; i < v.Length; i += 2)
            {
                var (a, b) = (v[i + 1] - v[i] * v[i], 1 - v[i]);
                sum += 100 * (a * a) + b * b;
            }
            return sum;
        }, x);
        var reverse = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Reverse });
        Assert.Equal(1, reverse.SweepCount);
        var gradient = new double[n];
        reverse.EvaluateSparse(x, gradient);
        Assert.Equal(-215.6, gradient[0], 1e-10);
        Assert.Equal(-88, gradient[1], 1e-10);
        Assert.Equal(gradient, f.Gradient(x));
        var forward = f.PlanJacobian().Candidates.Single(c => c.Name == "forward");
        Assert.Equal(n, forward.Directions);
    }

    [Fact]
    public void The_Jacobian_of_a_million_outputs_takes_one_forward_sweep()
    {
        const int m = 1_000_000;
        var f = AD.Trace(v =>
        {
            var y = new Real[m];
            for (var i = 0; i < m; i++)
                y[i] = Sin(v[0] * (i + 1));
            return y;
        }, [0.5]);
        var forward = f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.Forward });
        Assert.Equal(1, forward.SweepCount);
        var column = new double[m];
        forward.EvaluateSparse([0.5], column);
        for (var i = 0; i < m; i += 9999)
            Assert.Equal((i + 1) * Math.Cos(0.5 * (i + 1)), column[i], 1e-9 * (i + 1));
    }

    [Fact]
    public void A_chain_of_ten_million_operations_needs_no_stack()
    {
        const int length = 10_000_000;
        var builder = new TraceBuilder(1, length + 1);
        var node = 0;
        for (var k = 0; k < length; k++)
            node = builder.Unary(k % 2 == 0 ? Op.Sin : Op.Neg, node);
        var f = new TracedFunction(builder.Build([node]));
        var workspace = new Workspace();
        var gradient = new double[1];
        var value = f.ValueAndGradient([0.7], gradient, workspace);
        // sin(−sin(…)) shrinks like sqrt(3/k): after five million sines about 7.7e-4, with a derivative that shrinks with its cube.
        Assert.InRange(Math.Abs(value), 7e-4, 8e-4);
        Assert.InRange(Math.Abs(gradient[0]), 1e-12, 1e-6);
    }
}
