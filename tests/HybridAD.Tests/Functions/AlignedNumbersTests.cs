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
        var numbers = AlignedNumbers.Of(length, isThrownAway: false);
        var first = numbers.First(length);
        Assert.Equal(0, (nint)Unsafe.AsPointer(ref first[0]) % 64);
        Assert.Equal(length, numbers.Length);
        Assert.Equal(new double[length], first.ToArray());
        first[^1] = 3;
        GC.Collect();
        Assert.Equal(3, numbers.First(length)[^1]);
        Assert.Equal(new double[length], AlignedNumbers.Of(length, isThrownAway: true).First(length).ToArray());
    }

    [Fact]
    public unsafe void Directions_of_a_workspace_begin_a_line_and_are_kept()
    {
        var workspace = new Workspace();
        Assert.True(workspace.Directions(0).IsEmpty);
        workspace.Directions(40)[39] = 5;
        var few = workspace.Directions(20);
        Assert.Equal((20, 0), (few.Length, (nint)Unsafe.AsPointer(ref few[0]) % 64));
        Assert.Equal(5, workspace.Directions(40)[39]);
        Assert.Equal(80, workspace.Directions(80).Length);
        Assert.InRange(workspace.MemoryBytes, 8 * 80, 8 * 80 + 64);
    }
}
