using HybridAD.Blocks;
using HybridAD.Graph;

namespace HybridAD.Tests.Blocks;

/// <summary>Graphs of blocks that read each other, inputs and both in the same place, as no single function has them.</summary>
internal static class RandomBlocks
{
    private static readonly Trace s_product = Kernel(static builder => [builder.Binary(Op.Mul, 0, 1)]);

    private static readonly Trace s_one = Kernel(static builder => [builder.Binary(Op.Mul, 0, 1), builder.Unary(Op.Sin, 1)]);

    public static BlockGraph Of(Random random)
    {
        var inputs = 1 + random.Next(8);
        var blocks = new List<Block>();
        var slots = inputs;
        for (var k = random.Next(7); k >= 0; k--)
        {
            // Often of inputs alone, so that all ways to say what a set is are met.
            var readable = random.Next(3) == 0 ? inputs : slots;
            var count = 1 + random.Next(6);
            Block block;
            if (random.Next(2) == 0 && readable > 1)
            {
                var leaves = new int[][] { new int[count], new int[count] };
                for (var t = 0; t < count; t++)
                {
                    var pair = Different(random, readable, 2);
                    (leaves[0][t], leaves[1][t]) = (pair[0], pair[1]);
                }
                block = new KernelBlock(slots, random.Next(2) == 0 ? s_product : s_one, count, leaves, []);
            }
            else
            {
                int[][] rows = [.. Enumerable.Range(0, count).Select(_ => Different(random, readable, random.Next(1 + Math.Min(readable, 12))))];
                int[] starts = [0, .. rows.Select((_, row) => rows[..(row + 1)].Sum(static row => row.Length))];
                block = new LinearBlock(slots, starts, [.. rows.SelectMany(static row => row)], [.. Enumerable.Range(0, starts[^1]).Select(_ => (double)random.Next(1, 4))],
                    [.. rows.Select(_ => (double)random.Next(3))]);
            }
            blocks.Add(block);
            slots += block.SlotCount;
        }
        int[] outputs = [.. Enumerable.Range(0, 1 + random.Next(8)).Select(_ => random.Next(4) == 0 ? random.Next(inputs) : random.Next(slots))];
        return new BlockGraph(new TraceBuilder(inputs).Build(new int[outputs.Length]), [.. blocks], outputs);
    }

    private static int[] Different(Random random, int below, int count)
    {
        int[] all = [.. Enumerable.Range(0, below)];
        random.Shuffle(all);
        return all[..count];
    }

    private static Trace Kernel(Func<TraceBuilder, int[]> outputsOf)
    {
        var builder = new TraceBuilder(2);
        return builder.Build(outputsOf(builder));
    }
}
