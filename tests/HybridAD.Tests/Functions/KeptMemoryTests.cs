using HybridAD.Variants;
using System.Runtime.CompilerServices;
using HybridAD.Planning;
using HybridAD.Problems;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

/// <summary>What functions with compiled Jacobians keep.</summary>
public sealed class KeptMemoryTests
{
    private static readonly JacobianPlannerOptions Compiled = new() { Engine = Engine.Compiled };

    [Theory]
    [InlineData("e40", 25)]
    [InlineData("f40", 26)]
    [InlineData("g400", 25)]
    [InlineData("j20000", 25)]
    [InlineData("k400", 25)]
    public void A_function_of_loops_keeps_few_bytes_for_each_operation(string name, double most)
    {
        var problem = AllProblems.Named(name);
        var function = AD.Trace(problem.Function, problem.Start);
        var jacobian = function.CompileJacobian(Compiled);
        jacobian.EvaluateSparse(problem.Start, new double[jacobian.Pattern.NonzeroCount]);
        Assert.True(jacobian.IsCompiled);
        Assert.InRange(ReachableMemory.ArrayBytes(jacobian) / (double)function.Trace.OperationCount, 9, most);
    }

    [Fact]
    public void What_was_recorded_rests_when_kernels_are_compiled()
    {
        var problem = AllProblems.Named("k40");
        var function = AD.Trace(problem.Function, problem.Start);
        var before = function.Trace.MemoryBytes;
        var jacobian = function.CompileJacobian(Compiled);
        Assert.InRange(function.Trace.MemoryBytes, 0, 0.7 * before);
        jacobian.EvaluateSparse(problem.Start, new double[jacobian.Pattern.NonzeroCount]);
        Assert.InRange(function.Trace.MemoryBytes, 0, 0.7 * before);
    }

    [Fact]
    public void The_interpreter_is_let_go_after_compilation_and_made_again_when_needed()
    {
        // Not compiled code, but the interpreter, has the derivative where it is the product of 0 and ∞.
        static Real[] Function(Real[] x) => [.. x.Select((one, k) => x[(k + 1) % x.Length] * Real.Sqrt(one) * Real.Exp(x[(k + 2) % x.Length]))];
        var x = Enumerable.Range(1, 200).Select(k => 0.01 * k).ToArray();
        var compiled = AD.Trace(Function, x).CompileJacobian(Compiled);
        var before = ReachableMemory.ArrayBytes(compiled);
        var interpreted = AD.Trace(Function, x).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        (x[3], x[4]) = (0, 0);
        for (var round = 0; round < 2; round++)
            Assert.Equal(interpreted.Evaluate(x).Values.ToArray(), compiled.Evaluate(x).Values.ToArray());
        Assert.True(compiled.IsCompiled);
        Assert.True(ReachableMemory.ArrayBytes(compiled) > before, "evaluated without the interpreter");
    }

    [Fact]
    public void What_was_let_go_is_made_again_unless_someone_keeps_it()
    {
        var made = 0;
        var remade = new Remade<object>(() => $"made {++made} times");
        var kept = remade.Value;
        remade.Release();
        Assert.Same(kept, remade.Value);
        Assert.Same(kept, remade.Value);
        GC.KeepAlive(kept);
        Assert.Equal(1, made);
        LetGo();
        Assert.Equal("made 2 times", remade.Value);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void LetGo()
        {
            remade = new Remade<object>(() => $"made {++made} times");
            made = 0;
            Use();
            remade.Release();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Use() => Assert.Equal("made 1 times", remade.Value);
    }
}
