using System.Runtime;
using HybridAD.Execution.Kernels;

namespace HybridAD.Tests.Kernels;

/// <summary>Methods that the runtime compiles before they are called.</summary>
public sealed class CodePreparationTests
{
    [Fact]
    public void What_was_prepared_is_not_compiled_when_it_is_called()
    {
        var kernels = Enumerable.Range(0, 5).Select(static k => Straight(10 + k, seed: k)).ToArray();
        _ = Values(Straight(3, seed: 9));
        CodePreparation.Run(kernels, threads: 2);
        var compiled = JitInfo.GetCompiledMethodCount(currentThread: true);
        foreach (var kernel in kernels)
            _ = Values(kernel);
        Assert.Equal(compiled, JitInfo.GetCompiledMethodCount(currentThread: true));
    }

    /// <summary>A code that is too long for one method is prepared part by part, and computes the same whether it was or not.</summary>
    [Fact]
    public void Parts_of_a_long_code_are_prepared()
    {
        var (prepared, other) = (Straight(6000, seed: 1), Straight(6000, seed: 1));
        Assert.True(((IDividedCode)prepared.Target!).Parts.Count > 1);
        CodePreparation.Run([prepared], threads: 3);
        CodePreparation.Run([other], threads: 1);
        var compiled = JitInfo.GetCompiledMethodCount(currentThread: true);
        var values = Values(prepared);
        Assert.True(JitInfo.GetCompiledMethodCount(currentThread: true) - compiled <= 1);
        Assert.Equal(Values(other), values);
    }

    /// <summary>Sums and products of what came before, from three numbers to two.</summary>
    private static StraightLineKernel Straight(int length, int seed)
    {
        var (code, random) = (new KernelCodeBuilder(3), new Random(seed));
        var steps = Enumerable.Range(0, 3).Select(code.Load).ToList();
        for (var k = 0; k < length; k++)
        {
            var (a, b) = (steps[^(1 + random.Next(3))], steps[^(1 + random.Next(3))]);
            steps.Add(k % 2 == 0 ? code.Add(a, code.Literal(random.NextDouble())) : code.Multiply(a, code.Add(b, code.Literal(-0.4))));
        }
        code.Store(steps[^1]);
        code.Store(steps[^2]);
        var loads = Enumerable.Range(0, 3).Select(static k => new FixedPosition(Space.Point, k)).ToArray();
        var stores = Enumerable.Range(0, 2).Select(static k => new FixedPosition(Space.Result, k)).ToArray();
        return KernelCompiler.CompileStraightLine(new StraightLineCode(code.Build(), loads, stores, null), isStrict: false);
    }

    private static double[] Values(StraightLineKernel kernel)
    {
        double[] memory = [0], point = [0.3, 0.5, 0.7], result = [0, 0];
        kernel(ref memory[0], in point[0], ref result[0]);
        return result;
    }
}
