using HybridAD.Execution.Kernels;
using HybridAD.Graph;

namespace HybridAD.Tests.Kernels;

public sealed class KernelCacheTests
{
    private static readonly KernelStream[] Streams = [new(Addressing.Regular, 1, 1, Space.Point), new(Addressing.Regular, 1, 1, Space.Result)];

    [Fact]
    public void Equal_kernels_share_their_function() => Assert.Same(Compile(0.5, Streams), Compile(0.5, [.. Streams]));

    [Fact]
    public void Kernels_that_differ_by_a_sign_of_zero_do_not() => Assert.NotSame(Compile(0, Streams), Compile(-0.0, Streams));

    [Fact]
    public void Kernels_with_other_streams_do_not() =>
        Assert.NotSame(Compile(0.5, Streams), Compile(0.5, [Streams[0] with { Stride = 2 }, Streams[1]]));

    private static ChunkKernel Compile(double number, KernelStream[] streams)
    {
        var builder = new KernelCodeBuilder(1);
        builder.Store(builder.Value(Op.Mul, builder.Load(0), builder.Literal(number)));
        return KernelCompiler.Compile(builder.Build(), streams, KernelOptions.Default);
    }
}
