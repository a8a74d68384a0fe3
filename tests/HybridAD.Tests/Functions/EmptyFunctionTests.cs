namespace HybridAD.Tests.Functions;

/// <summary>Functions without outputs, or without inputs.</summary>
public sealed class EmptyFunctionTests
{
    public static TheoryData<Engine> Engines => [.. Enum.GetValues<Engine>()];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Without_outputs_everything_is_empty(Engine engine)
    {
        double[] x = [1, 2];
        var f = AD.Trace(_ => Array.Empty<Real>(), x, new TracingOptions { Engine = engine });
        Assert.Empty(f.Value(x));
        var jacobian = f.Jacobian(x);
        Assert.Equal((0, 2), (jacobian.GetLength(0), jacobian.GetLength(1)));
        Assert.Empty(f.SparseJacobian(x).Values);
        Assert.Empty(f.Jvp(x, [1, 1]));
        Assert.Equal([0, 0], f.Vjp(x, []));
        Assert.Equal(new double[2, 2], f.Hessian(x, []));
        var product = new double[2];
        f.Hvp(x, [], x, product);
        Assert.Equal([0, 0], product);
        f.ValueBatch([1, 2, 3, 4], []);
        f.CompileJacobian().EvaluateBatch([1, 2, 3, 4], []);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Without_inputs_and_outputs_too(Engine engine)
    {
        var f = AD.Trace(_ => Array.Empty<Real>(), [], new TracingOptions { Engine = engine });
        Assert.Empty(f.Value([]));
        Assert.Empty(f.Jacobian([]));
        Assert.Empty(f.Hessian([], []));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Without_inputs_there_are_values(Engine engine)
    {
        var f = AD.Trace(_ => [new Real(3)], [], new TracingOptions { Engine = engine });
        Assert.Equal([3], f.Value([]));
        Assert.Equal((1, 0), (f.Jacobian([]).GetLength(0), f.Jacobian([]).GetLength(1)));
        Assert.Empty(f.Hessian([]));
        Assert.Empty(f.Gradient([]));
    }
}
