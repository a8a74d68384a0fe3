using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Kernels;

public class VariedLiteralsTests
{
    private const int Chunks = 3;

    [Fact]
    public void From_the_third_code_on_literals_are_loaded_and_numbers_stay_the_same()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var first = Code(seed, literals: 1);
            Assert.Same(first, VariedLiterals.Of(first).Code);
            Assert.Same(first, VariedLiterals.Of(first).Code);
            var second = Code(seed, literals: 2);
            Assert.Same(second, VariedLiterals.Of(second).Code);
            KernelCode? shared = null;
            for (var literals = 3; literals < 6; literals++)
            {
                var code = Code(seed, literals);
                var (loading, numbers) = VariedLiterals.Of(code);
                Assert.NotEmpty(numbers);
                Assert.Equal(Run(code, []), Run(loading, numbers));
                shared ??= loading;
                Assert.Equal(shared.Steps.ToArray(), loading.Steps.ToArray());
            }
            Assert.Same(first, VariedLiterals.Of(first).Code);
        }
    }

    [Fact]
    public void Literals_that_decide_how_an_operation_is_computed_stay()
    {
        for (var literals = 1; literals < 5; literals++)
        {
            var builder = new KernelCodeBuilder(1, exactValues: true);
            var step = builder.Load(0);
            for (var k = 0; k < 60; k++)
                step = builder.Value(Op.Pow, builder.Value(Op.Abs, step), builder.Literal(0.3 * literals));
            builder.Store(step);
            var code = builder.Build();
            Assert.Same(code, VariedLiterals.Of(code).Code);
        }
    }

    [Fact]
    public void Steps_in_time_that_depend_on_the_time_have_the_derivatives_of_the_interpreter()
    {
        const int Width = 16;
        var x = Enumerable.Range(0, Width * (Width + 1)).Select(k => 0.3 * Math.Sin(k)).ToArray();
        var (compiled, interpreted) = (Jacobian(Engine.Compiled), Jacobian(Engine.Interpreted));
        for (var k = 0; k < compiled.Length; k++)
            Assert.Equal(interpreted[k], compiled[k], 1e-12 * (1 + Math.Abs(interpreted[k])));

        double[] Jacobian(Engine engine)
        {
            var jacobian = AD.Trace(Network, x).CompileJacobian(new JacobianPlannerOptions { Engine = engine });
            var entries = new double[jacobian.Pattern.NonzeroCount];
            jacobian.EvaluateSparse(x, entries);
            return entries;
        }

        static Real[] Network(Real[] x)
        {
            var state = new Real[Width];
            for (var time = 0; time < 6; time++)
            {
                var next = new Real[Width];
                for (var i = 0; i < Width; i++)
                {
                    var sum = x[i * (Width + 1) + Width] * (0.3 + 0.1 * time);
                    for (var j = 0; j < Width; j++)
                        sum += x[i * (Width + 1) + j] * state[j];
                    next[i] = Real.Tanh(sum) * state[i] + 1 / (1 + Real.Exp(-(0.7 + 0.2 * time) * sum));
                }
                state = next;
            }
            return [state.Aggregate((a, b) => a + b * b)];
        }
    }

    private static KernelCode Code(int seed, int literals)
    {
        var (random, values) = (new Random(seed), new Random(1000 * seed + literals));
        var builder = new KernelCodeBuilder(2, exactValues: true);
        var steps = new List<int> { builder.Load(0), builder.Load(1) };
        for (var k = 0; k < 60; k++)
        {
            var (a, b) = (steps[random.Next(steps.Count)], steps[^1]);
            var literal = builder.Literal(2 + values.NextDouble());
            steps.Add(random.Next(4) switch
            {
                0 => builder.MultiplyAdd(b, literal, a),
                1 => builder.Value(Op.Sub, literal, builder.Value(Op.Tanh, b)),
                2 => builder.Value(Op.Add, b, builder.Value(Op.Mul, builder.Value(Op.Sin, a), literal)),
                _ => builder.Value(Op.Add, b, builder.Value(Op.Div, a, literal)),
            });
        }
        builder.Store(steps[^1]);
        return builder.Build();
    }

    private static double[] Run(KernelCode code, double[] numbers)
    {
        var streams = new List<KernelStream> { new(Addressing.Regular, 1, 1, Space.Point, StoreKind.Assign), new(Addressing.Regular, 1, 1, Space.Point, StoreKind.Assign) };
        streams.AddRange(numbers.Select(static _ => new KernelStream(Addressing.Regular, 0, 1, Space.Memory, StoreKind.Assign)));
        streams.Add(new KernelStream(Addressing.Regular, 1, 1, Space.Result, StoreKind.Assign));
        var data = new List<int>(new int[streams.Count]);
        foreach (var (stream, bases) in streams.Select((stream, s) => (s, s == 1 ? [8 * Chunks] : s > 1 && s < streams.Count - 1 ? new[] { s - 2 } : [0])))
        {
            data[stream] = data.Count;
            data.AddRange(bases);
        }
        double[] point = [.. Enumerable.Range(0, 16 * Chunks).Select(static k => Math.Cos(k))], memory = [.. numbers, 0], result = new double[8 * Chunks];
        var places = data.ToArray();
        KernelCompiler.Compile(code, [.. streams], KernelOptions.Default)(ref memory[0], in point[0], ref result[0], ref places[0], 0, Chunks);
        return result;
    }

    /// <summary>The body of a recurrence has a window of the memory as its own, and literals are not in it.</summary>
    [Fact]
    public void Bodies_of_recurrences_that_differ_in_literals_only_find_them()
    {
        var random = new Random(1);
        double[] point = [.. Enumerable.Range(0, 24).Select(static k => Math.Sin(k) + 2)];
        for (var model = 0; model < 4; model++)
        {
            double[] p = [.. Enumerable.Range(0, 25).Select(_ => 0.1 + random.NextDouble())];
            var f = AD.Trace(x =>
            {
                Real[] a = [.. x[..5]];
                for (var t = 0; t < 90; t++)
                {
                    var b = a;
                    Real[] n = [.. Enumerable.Range(0, 5).Select(j => Enumerable.Range(0, 5).Select(i => b[i] * p[5 * i + j]).Aggregate(static (u, v) => u + v) * Real.Exp(0.1 * x[(t + j) % 24]))];
                    var s = n.Aggregate(static (u, v) => u + v);
                    a = [.. n.Select(q => q / s)];
                }
                return a;
            }, point, new TracingOptions { Engine = Engine.Compiled });
            var expected = f.Compile(f.PlanJacobian(new() { Engine = Engine.Interpreted }), Engine.Interpreted).Evaluate(point).Values.ToArray();
            var compiled = f.CompileJacobian(new() { Engine = Engine.Compiled });
            Assert.Equal(BlockComposition.Recurrences, Assert.IsType<BlockStrategy>(compiled.Plan.Strategy).Composition);
            var actual = new double[expected.Length];
            compiled.EvaluateSparse(point, actual, new Workspace());
            Close.ToScale(expected, actual, 1e-12, $"model {model}");
        }
    }

    /// <summary>The same where adjoints have tangents.</summary>
    [Fact]
    public void Hessians_of_recurrences_that_differ_in_literals_only_find_them()
    {
        double[] point = [.. Enumerable.Range(0, 12).Select(static k => 0.3 + 0.1 * Math.Sin(k))];
        for (var model = 0; model < 5; model++)
        {
            var c = 0.1 + 0.03 * model;
            Real[] Function(Real[] x)
            {
                var (u, v, s) = (x[0], x[1], x[2]);
                for (var t = 0; t < 400; t++)
                    (u, v, s) = (u + c * Real.Sin(v) * x[3 + t % 9], v - c * 0.3 * u * s + 0.01 * x[3 + t % 7], s * (1 - 0.01 * c) + 0.02 * c * Real.Tanh(u * v + 1.7 * c));
                return [u * v + s, u];
            }
            var f = AD.Trace(Function, point, new TracingOptions { Engine = Engine.Compiled });
            var (actual, expected) = (new double[f.HessianPattern.NonzeroCount], new double[f.HessianPattern.NonzeroCount]);
            f.SparseHessian(point, [1.0, 0.5], actual, new Workspace());
            AD.Trace(Function, point, new TracingOptions { Engine = Engine.Interpreted }).SparseHessian(point, [1.0, 0.5], expected);
            Close.ToScale(expected, actual, 1e-10, $"model {model}");
        }
    }
}
