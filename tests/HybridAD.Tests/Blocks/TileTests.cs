using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Blocks;

/// <summary>Kernels in tiles beside the same kernels in one piece, and beside their tiles in other orders.</summary>
public sealed class TileTests
{
    private const int Seed = 141421;
    private const int Cases = 60;

    [Fact]
    public void Tiles_of_a_phase_may_run_in_any_order()
    {
        for (var seed = Seed; seed < Seed + Cases; seed++)
        {
            var random = new Random(seed);
            var (whole, tiled) = (Program(seed, new Tiles(double.PositiveInfinity)), Program(seed, new Tiles(1)));
            Assert.DoesNotContain(whole.Steps, static step => step is TiledKernelStep);
            var (point, start) = (RandomNumbers.Create(Length, random), RandomNumbers.Create(Length, random));
            var expected = Run(whole, point, start, null);
            var inOrder = Run(tiled, point, start, null);
            Close.Each(expected, inOrder, 1e-11, $"seed {seed}, in tiles");
            for (var round = 0; round < 3; round++)
                Assert.True(inOrder.AsSpan().SequenceEqual(Run(tiled, point, start, random)), $"seed {seed}: the order of tiles changes bits");
        }
    }

    [Fact]
    public void Sums_that_few_numbers_get_and_neighbours_on_a_grid_are_added_at_the_same_time()
    {
        var isParallel = new bool[4];
        for (var seed = Seed; seed < Seed + Cases; seed++)
            foreach (var step in Program(seed, new Tiles(1)).Steps)
                if (step is TiledKernelStep { IsParallel: true } tiles)
                    isParallel[Math.Min(3, tiles.PhaseEnds.Length)] = true;
        Assert.True(isParallel[1] && isParallel[2], "no case with one phase, or none with two");
    }

    private const int Length = 40_000;

    /// <summary>A random kernel of some thousand instances that stores, and adds to numbers, in all the ways that functions do.</summary>
    private static (List<BlockStep> Steps, ProgramMemory Memory, int TargetStart) Program(int seed, KernelFactory factory)
    {
        var random = new Random(seed);
        var (memory, steps) = (new ProgramMemory(), new List<BlockStep>());
        var targets = memory.Allocate(Length);
        var alarm = memory.Allocate(1);
        var instances = random.Next(200, 6000);
        var code = new PartCode(instances, memory, random.Next(2) == 0 ? alarm : null);
        var known = new List<int>();
        for (var load = random.Next(1, 4); load >= 0; load--)
            known.Add(code.Load(Space.Point, Positions(random, instances, 0, Length)));
        known.Add(code.Parameter(RandomNumbers.Create(instances, random)));
        for (var step = random.Next(1, 8); step >= 0; step--)
            known.Add(random.Next(3) switch
            {
                0 => code.Code.Multiply(Any(), Any()),
                1 => code.Code.Add(Any(), Any()),
                _ => code.Code.Value(Op.Sin, Any()),
            });
        // No two instances replace the same number.
        var assigned = random.Next(2) == 0 ? random.Permutation(Length / 2) : [.. Enumerable.Range(0, Length / 2)];
        var next = 0;
        for (var store = random.Next(1, 5); store >= 0; store--)
        {
            var space = random.Next(2) == 0 ? Space.Memory : Space.Result;
            var from = space == Space.Memory ? targets : 0;
            if (random.Next(2) == 0 && next + instances <= assigned.Length)
            {
                var first = next;
                code.Store(Any(), space, [.. Enumerable.Range(first, instances).Select(t => from + Length / 2 + assigned[t])], StoreKind.Assign);
                next += instances;
            }
            else
            {
                code.Store(Any(), space, Positions(random, instances, from, Length / 2), StoreKind.Accumulate);
            }
        }
        code.Emit(steps, factory);
        return (steps, memory, targets);

        int Any() => known[random.Next(known.Count)];
    }

    /// <summary>Positions at which instances meet never, at their neighbours', at few or at many.</summary>
    private static int[] Positions(Random random, int instances, int start, int length)
    {
        var (kind, few, offset) = (random.Next(6), random.Next(1, 30), random.Next(3));
        var meeting = random.Next(2, 9);
        return [.. Enumerable.Range(0, instances).Select(t => start + kind switch
        {
            0 => offset + t,
            1 => offset + 2 * t,
            2 => offset + t / meeting,
            3 => few,
            4 => random.Next(few),
            _ => random.Next(length),
        })];
    }

    private static double[] Run((List<BlockStep> Steps, ProgramMemory Memory, int TargetStart) program, double[] point, double[] start, Random? shuffled)
    {
        var memory = new double[program.Memory.Size];
        foreach (var (place, numbers) in program.Memory.Initial)
            numbers.CopyTo(memory, place);
        start.CopyTo(memory, program.TargetStart);
        double[] result = [.. start];
        foreach (var step in program.Steps)
            if (shuffled is not null && step is TiledStep tiled)
                RunShuffled(tiled, memory, point, result, shuffled);
            else
                step.Run(memory, point, result);
        return [.. memory.AsSpan(program.TargetStart, Length), .. result];
    }

    private static void RunShuffled(TiledStep step, double[] memory, double[] point, double[] result, Random random)
    {
        var first = 0;
        foreach (var end in step.PhaseEnds)
        {
            var tiles = Enumerable.Range(first, end - first).ToArray();
            random.Shuffle(tiles);
            foreach (var tile in tiles)
                step.RunTile(tile, memory, point, result);
            first = end;
        }
    }

    /// <summary>Interpreted kernels with tiles of a size.</summary>
    private sealed class Tiles(double nanoseconds) : KernelFactory
    {
        public override double TileNanoseconds => nanoseconds;

        public override ChunkKernel Compile(KernelCode code, KernelStream[] shapes, int? chunks) => Interpreting.Compile(code, shapes);
    }
}

/// <summary>Permutations.</summary>
internal static class RandomExtensions
{
    public static int[] Permutation(this Random random, int count)
    {
        var items = Enumerable.Range(0, count).ToArray();
        random.Shuffle(items);
        return items;
    }
}
