using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Schedules;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Graph;

namespace HybridAD.Tests.Kernels;

public sealed class VectorScheduleTests
{
    /// <summary>The JIT does not inline what is around the calls of a method with more than 512 variables.</summary>
    [Fact]
    public void A_method_has_no_more_calls_than_the_JIT_has_variables_for()
    {
        var builder = new KernelCodeBuilder(150);
        for (var k = 0; k < 150; k++)
            builder.Store(builder.Value(Op.Tanh, builder.Load(k)));
        var code = builder.Build();
        var shapes = new KernelStream[300];
        Array.Fill(shapes, new KernelStream(Addressing.Affine, 1, 1, Space.Memory, StoreKind.Assign));
        var schedule = KernelSchedule.Of(code, StreamGroup.Of(shapes, 150, 150), new MethodSize(6000, 5, 16, 16, PerCall: 50));
        Assert.Equal(150, schedule.Segments.Sum(static segment => segment.Events.Count(static e => e >= 0)));
        Assert.All(schedule.Segments, static segment => Assert.InRange(segment.Events.Count(static e => e >= 0), 1, 100));
    }

    [Fact]
    public void Steps_come_after_their_operands_and_what_is_added_keeps_its_order()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var kernel = new RandomKernel(seed, 1000, 2, true);
            var code = kernel.Code;
            var stores = StreamGroup.Of(kernel.Streams, code.LoadCount, code.Stores.Length);
            var pairs = StepPacks.SinesWithCosines(code);
            foreach (var segment in KernelSchedule.Of(code, stores, new MethodSize(6000, 5, 16, 16), pairs).Segments)
            {
                var events = VectorSchedule.Of(code, stores, segment, pairs).Events;
                Assert.Equal(segment.Events.Order(), events.Order());
                var time = events.Index().ToDictionary(static e => e.Item, static e => e.Index);
                foreach (var e in events)
                {
                    foreach (var operand in e < 0 ? code.Stores.Slice(stores[~e].First, stores[~e].Count).ToArray() : All(code.Steps[e]))
                        Assert.True(!time.TryGetValue(operand, out var before) || before < time[e], $"seed {seed}: {e} before {operand}");
                    if (e >= 0 && code.Steps[e] is { Kind: StepKind.Value, Operation: Op.Sin } && pairs.PackOf(e) is var pair and >= 0 && time.TryGetValue(pairs.Steps[pair][1], out var cosine))
                        Assert.Equal(time[e] + 1, cosine);
                }
                foreach (var adding in events.Where(e => e < 0 && stores[~e].Shape.Store == StoreKind.Accumulate && !stores[~e].IsReduction))
                    foreach (var other in events.Where(e => e < 0 && !stores[~e].IsReduction && stores[~e].Shape.Space == stores[~adding].Shape.Space))
                        Assert.True((~other).CompareTo(~adding) == time[other].CompareTo(time[adding]), $"seed {seed}: stores {~other} and {~adding}");
            }
        }
    }

    [Fact]
    public void Chains_that_do_not_wait_for_each_other_go_on_in_turn()
    {
        const int chains = 8, length = 40;
        var builder = new KernelCodeBuilder(chains);
        for (var chain = 0; chain < chains; chain++)
        {
            var step = builder.Load(chain);
            for (var k = 0; k < length; k++)
                step = builder.Value(Op.Sqrt, step);
            builder.Store(step);
        }
        var code = builder.Build();
        var streams = Enumerable.Repeat(new KernelStream(Addressing.Regular, 1, 1), code.LoadCount + chains).ToArray();
        var stores = StreamGroup.Of(streams, code.LoadCount, chains);
        var segment = Assert.Single(KernelSchedule.Of(code, stores, new MethodSize(6000, 5, 16, 16)).Segments);
        var events = VectorSchedule.Of(code, stores, segment, null).Events;
        for (var k = 1; k < events.Length; k++)
            if (events[k] >= 0)
                Assert.NotEqual(events[k - 1], code.Steps[events[k]].A);
    }

    [Fact]
    public void Stores_with_a_place_for_every_lane_count_for_more()
    {
        const int Count = 150;
        var builder = new KernelCodeBuilder(1);
        for (var k = 0; k < Count; k++)
            builder.Store(builder.Value(Op.Mul, builder.Load(0), builder.Literal(2 + k)));
        var code = builder.Build();
        var size = new MethodSize(6000, 5, 16, 16, 64);
        Assert.Single(Schedule(Addressing.Regular));
        Assert.Equal(3, Schedule(Addressing.Indexed).Length);

        KernelSegment[] Schedule(Addressing addressing)
        {
            KernelStream[] streams = [new(Addressing.Regular, 1, 1), .. Enumerable.Repeat(new KernelStream(addressing, addressing == Addressing.Regular ? 1 : 0, 1), Count)];
            return KernelSchedule.Of(code, StreamGroup.Of(streams, code.LoadCount, Count), size).Segments;
        }
    }

    private static int[] All(in KernelStep step)
    {
        var operands = new List<int>();
        foreach (var operand in Operands.Of(step))
            operands.Add(operand);
        return [.. operands];
    }
}
