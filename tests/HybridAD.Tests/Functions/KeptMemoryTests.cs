using System.Runtime.CompilerServices;
using HybridAD.Problems;
using HybridAD.Tests.Support;
using HybridAD.Variants;

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

    [Theory]
    [InlineData(400, 0, 18)]
    [InlineData(0, 60, 30)]
    [InlineData(300, 40, 25)]
    [InlineData(0, 4000, 27)]
    public void Blocks_of_what_does_not_repeat_are_not_kept_beside_it(int operations, int sums, double most)
    {
        var (function, x) = Unrepeated(operations, sums);
        var planned = function.CompileJacobian(Compiled);
        LetGo();
        Assert.InRange(ReachableMemory.ArrayBytes(planned) / (double)function.Trace.OperationCount, 5, most);

        // They are found again for who evaluates, in whichever way, and for who looks at the plan.
        var expected = Unrepeated(operations, sums).Function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(x);
        Close.Each(expected.Values, planned.Evaluate(x).Values, 1e-9, "entries");
        LetGo();
        var buffer = planned.CreateBuffer();
        planned.Evaluate(x, buffer);
        Close.Each(expected.Values, buffer.Values, 1e-9, "entries");
        LetGo();
        Assert.Equal(
            Unrepeated(operations, sums).Function.CompileJacobian(Compiled).Plan.Blocks.Select(block => (block.Operations, block.Instances, block.Mode)),
            planned.Plan.Blocks.Select(block => (block.Operations, block.Instances, block.Mode)));
        Assert.True(planned.IsCompiled);
    }

    [Fact]
    public void What_was_let_go_is_made_again_unless_someone_keeps_it()
    {
        var made = 0;
        var remade = Remade.Of<object>(() => $"made {++made} times");
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
            remade = Remade.Of<object>(() => $"made {++made} times");
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

    private static void LetGo()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    /// <summary>Operations in no order, and sums of inputs with numbers in no order.</summary>
    private static (TracedFunction Function, double[] Point) Unrepeated(int operations, int sums)
    {
        var x = Enumerable.Range(1, 20).Select(k => 1 / (k + 0.5)).ToArray();
        return (AD.Trace(Function, x), x);

        Real[] Function(Real[] x)
        {
            var random = new Random(7);
            var nodes = x.ToList();
            for (var k = 0; k < operations; k++)
            {
                var (a, b) = (nodes[^random.Next(1, 20)], nodes[random.Next(nodes.Count)]);
                nodes.Add(random.Next(5) switch { 0 => a + b, 1 => a * b, 2 => Real.Sin(a), 3 => Real.Exp(-a * a), _ => a - b * random.NextDouble() });
            }
            var outputs = nodes.TakeLast(operations / 20).ToList();
            for (var row = 0; row < sums; row++)
            {
                Real sum = random.NextDouble();
                foreach (var input in random.GetItems(x, random.Next(3, 14)))
                    sum += random.NextDouble() * input;
                outputs.Add(sum);
            }
            return [.. outputs];
        }
    }
}
