using System.Runtime.Intrinsics;
using HybridAD.Lanes;

namespace HybridAD.Tests.Lanes;

/// <summary>a · b + c has the same bits for one number and in registers of every width.</summary>
public sealed class FusedTests
{
    [Fact]
    public void Every_width_rounds_alike()
    {
        var random = new Random(1);
        for (var k = 0; k < 10_000; k++)
        {
            var (a, b) = (4 * random.NextDouble() - 2, 4 * random.NextDouble() - 2);
            // Where the sum nearly vanishes, rounding once and twice differ in most bits.
            var c = k % 2 == 0 ? -a * b : 4 * random.NextDouble() - 2;
            var one = Fused.MultiplyAdd(a, b, c);
            Assert.Equal(Vector128.Create(one), Fused.MultiplyAdd(Vector128.Create(a), Vector128.Create(b), Vector128.Create(c)));
            Assert.Equal(Vector256.Create(one), Fused.MultiplyAdd(Vector256.Create(a), Vector256.Create(b), Vector256.Create(c)));
            Assert.Equal(Vector512.Create(one), Fused.MultiplyAdd(Vector512.Create(a), Vector512.Create(b), Vector512.Create(c)));
        }
    }
}
