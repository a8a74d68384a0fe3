using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Lanes;

namespace HybridAD.Bench.Kernels;

/// <summary>A kernel with a loop by hand beside it, which stores to an array of its own.</summary>
internal sealed class VectorCase
{
    private const int Instances = 1024;
    private const int Region = 16 * Instances;

    private static readonly double[] Reciprocals = [.. Enumerable.Range(0, 31).Select(k => 1.0 / k)];

    private VectorCase(string name, KernelCode code, KernelStream[] streams, int[][] data, Action<VectorCase> handWritten)
    {
        Name = name;
        Code = code;
        Streams = streams;
        var all = new List<int>(new int[streams.Length]);
        for (var s = 0; s < streams.Length; s++)
        {
            all[s] = all.Count;
            all.AddRange(data[s]);
        }
        Data = [.. all];
        HandWritten = () => handWritten(this);
        for (var k = 0; k < Point.Length; k++)
            Point[k] = 0.25 + k % 97 / 100.0;
    }

    /// <summary>What it is.</summary>
    public string Name { get; }

    /// <summary>The code.</summary>
    public KernelCode Code { get; }

    /// <summary>Its streams.</summary>
    public KernelStream[] Streams { get; }

    /// <summary>Their data.</summary>
    public int[] Data { get; }

    /// <summary>What is loaded.</summary>
    public double[] Point { get; } = new double[Region];

    /// <summary>What is stored by the kernel.</summary>
    public double[] Result { get; } = new double[Region];

    /// <summary>What is stored by hand.</summary>
    public double[] ByHand { get; } = new double[Region];

    /// <summary>The loop by hand.</summary>
    public Action HandWritten { get; }

    /// <summary>Instances that are computed.</summary>
    public static int Count => Instances;

    /// <summary>Calls a kernel.</summary>
    public void Run(ChunkKernel kernel) => kernel(ref Result[0], in Point[0], ref Result[0], ref Data[0], 0, Instances / Chunk.Lanes);

    /// <summary>All of them.</summary>
    public static IEnumerable<VectorCase> All()
    {
        yield return Stencil();
        yield return Exponential();
        yield return Polynomial();
        yield return Scatter();
        yield return Sum();
    }

    private static KernelStream Load(int stride = 1, int run = 1) => new(Addressing.Regular, stride, run, Space.Point);

    private static KernelStream Store(int stride = 1, int run = 1) => new(Addressing.Regular, stride, run, Space.Result);

    private static VectorCase Stencil()
    {
        var b = new KernelCodeBuilder(6, exactValues: false);
        var x = Enumerable.Range(0, 6).Select(b.Load).ToArray();
        var neighbours = b.Value(Op.Add, b.Value(Op.Add, x[1], x[2]), b.Value(Op.Add, x[3], x[4]));
        var diffusion = b.Value(Op.Mul, b.Literal(10), b.Value(Op.Sub, neighbours, b.Value(Op.Mul, b.Literal(4), x[0])));
        var reaction = b.Value(Op.Sub, b.Value(Op.Mul, b.Value(Op.Square, x[0]), x[5]), b.Value(Op.Mul, b.Literal(4.4), x[0]));
        b.Store(b.Value(Op.Add, b.Value(Op.Add, diffusion, reaction), b.Literal(1)));
        int[] bases = [100, 99, 101, 0, 200, 4000];
        return new("stencil: 6 contiguous loads, 1 contiguous store", b.Build(), [.. bases.Select(_ => Load()), Store()], [.. bases.Select(k => new[] { k }), [0]], [MethodImpl(MethodImplOptions.AggressiveOptimization)] (c) =>
        {
            ref var p = ref c.Point[0];
            ref var y = ref c.ByHand[0];
            for (nint t = 0; t < Instances; t += 8)
            {
                var u = Vector512.LoadUnsafe(ref Unsafe.Add(ref p, t + 100));
                var sum = Vector512.LoadUnsafe(ref Unsafe.Add(ref p, t + 99)) + Vector512.LoadUnsafe(ref Unsafe.Add(ref p, t + 101))
                    + (Vector512.LoadUnsafe(ref Unsafe.Add(ref p, t)) + Vector512.LoadUnsafe(ref Unsafe.Add(ref p, t + 200)));
                var r = Vector512.FusedMultiplyAdd(u * u, Vector512.LoadUnsafe(ref Unsafe.Add(ref p, t + 4000)), Vector512.Create(-4.4) * u);
                var d = Vector512.FusedMultiplyAdd(Vector512.Create(-4.0), u, sum);
                (Vector512.FusedMultiplyAdd(Vector512.Create(10.0), d, r) + Vector512.Create(1.0)).StoreUnsafe(ref Unsafe.Add(ref y, t));
            }
        });
    }

    private static VectorCase Exponential()
    {
        var b = new KernelCodeBuilder(1, exactValues: false);
        var x = b.Load(0);
        var e = b.Value(Op.Exp, x);
        b.Store(b.Value(Op.Sub, b.Value(Op.Mul, b.Literal(4), x), b.Value(Op.Mul, b.Literal(0.1), e)));
        b.Store(b.Subtract(b.Literal(4), b.Multiply(b.Literal(0.1), e)));
        return new("4x − 0.1·exp x and its derivative", b.Build(), [Load(), Store(), Store()], [[0], [0], [2048]], [MethodImpl(MethodImplOptions.AggressiveOptimization)] (c) =>
        {
            ref var p = ref c.Point[0];
            ref var y = ref c.ByHand[0];
            for (nint t = 0; t < Instances; t += 8)
            {
                var u = Vector512.LoadUnsafe(ref Unsafe.Add(ref p, t));
                var scaled = Vector512.Create(-0.1) * LaneMath.Exp(new Lanes512(u)).Value;
                Vector512.FusedMultiplyAdd(Vector512.Create(4.0), u, scaled).StoreUnsafe(ref Unsafe.Add(ref y, t));
                (Vector512.Create(4.0) + scaled).StoreUnsafe(ref Unsafe.Add(ref y, t + 2048));
            }
        });
    }

    private static VectorCase Polynomial()
    {
        var b = new KernelCodeBuilder(1, exactValues: false);
        var x = b.Load(0);
        var y = b.Literal(1);
        for (var k = 1; k <= 30; k++)
            y = b.Value(Op.Add, b.Value(Op.Mul, y, x), b.Literal(1.0 / k));
        b.Store(y);
        return new("Horner's rule, degree 30", b.Build(), [Load(), Store()], [[0], [0]], [MethodImpl(MethodImplOptions.AggressiveOptimization)] (c) =>
        {
            ref var p = ref c.Point[0];
            ref var q = ref c.ByHand[0];
            for (nint t = 0; t < Instances; t += 8)
            {
                var u = Vector512.LoadUnsafe(ref Unsafe.Add(ref p, t));
                var v = u + Vector512.Create(1.0);
                ref var coefficients = ref Reciprocals[0];
                for (var k = 2; k <= 30; k++)
                    v = Vector512.FusedMultiplyAdd(v, u, Vector512.Create(Unsafe.Add(ref coefficients, k)));
                v.StoreUnsafe(ref Unsafe.Add(ref q, t));
            }
        });
    }

    private static VectorCase Scatter()
    {
        var b = new KernelCodeBuilder(2, exactValues: false);
        var (x, y) = (b.Load(0), b.Load(1));
        var product = b.Multiply(x, y);
        foreach (var entry in new[] { b.Add(product, x), b.Literal(-1), b.Multiply(product, product), b.Subtract(product, y), y })
            b.Store(entry);
        return new("5 entries of a row of 5, by transposes", b.Build(), [Load(), Load(), Store(5, 5), Store(5, 0), Store(5, 0), Store(5, 0), Store(5, 0)], [[0], [3000], [0], [], [], [], []], [MethodImpl(MethodImplOptions.AggressiveOptimization)] (c) =>
        {
            ref var p = ref c.Point[0];
            ref var q = ref c.ByHand[0];
            for (nint t = 0; t < Instances; t++)
            {
                var (u, v) = (Unsafe.Add(ref p, t), Unsafe.Add(ref p, t + 3000));
                var uv = u * v;
                ref var row = ref Unsafe.Add(ref q, 5 * t);
                row = uv + u;
                Unsafe.Add(ref row, 1) = -1;
                Unsafe.Add(ref row, 2) = uv * uv;
                Unsafe.Add(ref row, 3) = uv - v;
                Unsafe.Add(ref row, 4) = v;
            }
        });
    }

    private static VectorCase Sum()
    {
        var b = new KernelCodeBuilder(2, exactValues: false);
        var (x, y) = (b.Load(0), b.Load(1));
        var d = b.Value(Op.Sub, y, b.Value(Op.Square, x));
        b.Store(b.Value(Op.Mul, b.Literal(100), b.Value(Op.Square, d)));
        b.Store(b.Multiply(b.Multiply(b.Literal(-400), d), x));
        b.Store(b.Multiply(b.Literal(200), d));
        return new(
            "Rosenbrock's terms: pairs in, pairs out, one sum", b.Build(),
            [Load(2, 2), Load(2, 0), new(Addressing.Regular, 0, 1, Space.Result, StoreKind.Accumulate), Store(2, 2), Store(2, 0)],
            [[0], [], [16000, Instances], [0], []], [MethodImpl(MethodImplOptions.AggressiveOptimization)] (c) =>
            {
                ref var p = ref c.Point[0];
                ref var q = ref c.ByHand[0];
                var sum = 0.0;
                for (nint t = 0; t < 2 * Instances; t += 2)
                {
                    var u = Unsafe.Add(ref p, t);
                    var r = Unsafe.Add(ref p, t + 1) - u * u;
                    sum += 100 * (r * r);
                    Unsafe.Add(ref q, t) = -400 * r * u;
                    Unsafe.Add(ref q, t + 1) = 200 * r;
                }
                Unsafe.Add(ref q, 16000) += sum;
            });
    }
}
