using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Tests.Blocks;

public sealed class ProgramMemoryTests
{
    [Fact]
    public void Lists_begin_at_lines_of_the_cache_and_never_a_page_apart()
    {
        var memory = new ProgramMemory();
        var previous = memory.Allocate(1);
        foreach (var count in (int[])[8, 512, 1020, 1024, 4096, 3])
        {
            var start = memory.Allocate(count);
            Assert.True(start >= previous && start % 8 == 0 && (start - previous) % 512 != 0, $"{start} after {previous}");
            Assert.Equal(start + count, memory.Size);
            previous = start;
        }
    }

    /// <summary>Straight-line code with an alarm and nothing else is run without a program around it.</summary>
    [Fact]
    public void A_single_number_needs_no_more_than_its_place()
    {
        var memory = new ProgramMemory();
        Assert.Equal((0, 1), (memory.Allocate(1), memory.Size));
    }
}
