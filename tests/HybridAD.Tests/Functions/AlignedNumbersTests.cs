using System.Runtime.CompilerServices;
using HybridAD.Execution;

namespace HybridAD.Tests.Functions;

public sealed class AlignedNumbersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(5_000)]
    [InlineData(100_000)]
    public unsafe void The_first_number_begins_a_line_and_all_are_zeros(int length)
    {
        var numbers = AlignedNumbers.Of(length, isKept: true);
        var first = numbers.First(length);
        Assert.Equal(0, (nint)Unsafe.AsPointer(ref first[0]) % 64);
        Assert.InRange(numbers.Length, length, length + 8);
        Assert.Equal(new double[length], first.ToArray());
        first[^1] = 3;
        GC.Collect();
        Assert.Equal(3, numbers.First(length)[^1]);
        Assert.Equal(new double[length], AlignedNumbers.Of(length, isKept: false).First(length).ToArray());
    }

    [Fact]
    public void Directions_of_a_workspace_begin_a_line_wherever_they_lie()
    {
        var workspace = new Workspace();
        Assert.True(workspace.Directions(0).IsEmpty);
        // The garbage collector may move them at any moment, but not every time.
        foreach (var count in new[] { 40, 20, 80, 20_000, 3 })
            Assert.Contains(true, Enumerable.Range(0, 20).Select(_ => BeginsLine(workspace.Directions(count))));
        Assert.InRange(workspace.MemoryBytes, 8 * 20_000, 8 * 20_000 + 64);

        static unsafe bool BeginsLine(Span<double> directions) => (nint)Unsafe.AsPointer(ref directions[0]) % 64 == 0;
    }
}
