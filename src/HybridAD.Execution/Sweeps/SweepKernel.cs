using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Lanes;

namespace HybridAD.Execution.Sweeps;

/// <summary>Runs forward and reverse sweeps with a fixed number of directions side by side.</summary>
/// <remarks>
/// <c>directions</c> holds <see cref="Width"/> numbers per slot; <c>alive</c> tells which slots hold anything but structural zeros, which are
/// neither stored nor computed with. Before a sweep the caller has cleared <c>alive</c> and seeded; after a reverse sweep only inputs are alive.
/// </remarks>
internal abstract class SweepKernel
{
    /// <summary>Number of directions carried at once.</summary>
    public abstract int Width { get; }

    /// <summary>Carries tangents from the inputs to the outputs.</summary>
    public abstract void Forward(SweepGraph graph, double[] labels, Span<double> directions, bool[] alive, bool carefully);

    /// <summary>Carries adjoints from the outputs to the inputs.</summary>
    public abstract void Reverse(SweepGraph graph, double[] labels, Span<double> directions, bool[] alive, bool carefully);

    /// <summary>The kernel for a number of directions: 1, 4, 8 or 16, in the widest registers of the machine.</summary>
    public static SweepKernel ForWidth(int width) => width switch
    {
        1 => Kernel<ScalarLane>.Instance,
        4 => Kernel<FourLanes>.Instance,
        8 => Lanes512.IsAccelerated ? Kernel<EightLanes>.Instance : Kernel<TwiceLanes<FourLanes>>.Instance,
        16 => Lanes512.IsAccelerated ? Kernel<TwiceLanes<EightLanes>>.Instance : Kernel<TwiceLanes<TwiceLanes<FourLanes>>>.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Sweeps carry 1, 4, 8 or 16 directions."),
    };

    /// <summary>
    /// The kernel for sweeps that are run many times, beside code that is compiled for them: loops are optimised when they are first run, not after a while, and
    /// follow every edge, since what asks whether it carries anything takes longer where nearly all do.
    /// </summary>
    public static SweepKernel ReadyForWidth(int width) => width switch
    {
        1 => ReadyKernel<ScalarLane>.Instance,
        4 => ReadyKernel<FourLanes>.Instance,
        _ when Lanes512.IsAccelerated => ReadyForRegisters<EightLanes>(width / 8),
        _ => ReadyForRegisters<TwiceLanes<FourLanes>>(width / 8),
    };

    private static SweepKernel ReadyForRegisters<TLanes>(int count)
        where TLanes : struct, IDirections<TLanes> => count switch
        {
            1 => ReadyKernel<TLanes>.Instance,
            2 => ReadyKernel<TwiceLanes<TLanes>>.Instance,
            3 => ReadyKernel<JoinedLanes<TwiceLanes<TLanes>, TLanes>>.Instance,
            4 => ReadyKernel<TwiceLanes<TwiceLanes<TLanes>>>.Instance,
            _ => throw new ArgumentOutOfRangeException(nameof(count), count, "Sweeps carry up to four times eight directions."),
        };

    private class Kernel<TLanes> : SweepKernel
        where TLanes : struct, IDirections<TLanes>
    {
        public static readonly Kernel<TLanes> Instance = new();

        public override int Width => TLanes.Count;

        public override void Forward(SweepGraph graph, double[] labels, Span<double> directions, bool[] alive, bool carefully)
        {
            if (graph.Targets.Length == 0)
                return;
            if (carefully)
                Forward<Careful>(graph, labels, directions, alive);
            else if (alive.AsSpan(0, graph.InputCount).Contains(false))
                Forward<Fast>(graph, labels, directions, alive);
            else
            {
                ForwardFull(graph, labels, directions);
                alive.AsSpan(0, graph.SlotCount).Fill(true);
            }
        }

        public override void Reverse(SweepGraph graph, double[] labels, Span<double> directions, bool[] alive, bool carefully)
        {
            if (graph.Targets.Length == 0)
                return;
            if (carefully)
                Reverse<Careful>(graph, labels, directions, alive);
            else if (AllAlive(graph.OutputSlots, alive))
            {
                ClearFree(directions, alive.AsSpan(0, graph.SlotCount));
                ReverseFull(graph, labels, directions);
                alive.AsSpan(0, graph.InputCount).Fill(true);
                alive.AsSpan(graph.InputCount, graph.SlotCount - graph.InputCount).Clear();
            }
            else
                Reverse<Fast>(graph, labels, directions, alive);
        }

        private static void Forward<TProduct>(SweepGraph graph, double[] labels, Span<double> directions, bool[] alive)
            where TProduct : struct, IProduct
        {
            ref var w = ref labels[0];
            ref var t = ref directions[0];
            ref var live = ref alive[0];
            ref var source = ref graph.Sources[0];
            ref var label = ref graph.Labels[0];
            ref var target = ref graph.Targets[0];
            ref var ends = ref graph.EdgeEnds[0];
            nint edge = 0;
            for (nint k = 0; k < graph.Targets.Length; k++)
            {
                TLanes sum = default;
                var any = false;
                nint end = Unsafe.Add(ref ends, k);
                for (; edge < end; edge++)
                {
                    nint from = Unsafe.Add(ref source, edge);
                    if (!Unsafe.Add(ref live, from))
                        continue;
                    sum = TProduct.MultiplyAdd(Unsafe.Add(ref w, Unsafe.Add(ref label, edge)), TLanes.Load(ref Unsafe.Add(ref t, from * TLanes.Count)), sum);
                    any = true;
                }
                nint to = Unsafe.Add(ref target, k);
                Unsafe.Add(ref live, to) = any;
                if (any)
                    TLanes.Store(sum, ref Unsafe.Add(ref t, to * TLanes.Count));
            }
        }

        /// <summary>Where every input carries something every operation does: nothing has to be asked.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        protected static void ForwardFull(SweepGraph graph, double[] labels, Span<double> directions)
        {
            ref var w = ref labels[0];
            ref var t = ref directions[0];
            ref var source = ref graph.Sources[0];
            ref var label = ref graph.Labels[0];
            ref var target = ref graph.Targets[0];
            ref var ends = ref graph.EdgeEnds[0];
            nint edge = 0;
            nint count = graph.Targets.Length;
            for (nint k = 0; k < count; k++)
            {
                TLanes sum = default;
                nint end = Unsafe.Add(ref ends, k);
                for (; edge < end; edge++)
                    sum = TLanes.MultiplyAdd(Unsafe.Add(ref w, Unsafe.Add(ref label, edge)), TLanes.Load(ref Unsafe.Add(ref t, (nint)Unsafe.Add(ref source, edge) * TLanes.Count)), sum);
                TLanes.Store(sum, ref Unsafe.Add(ref t, (nint)Unsafe.Add(ref target, k) * TLanes.Count));
            }
        }

        private static bool AllAlive(int[] slots, bool[] alive)
        {
            ref var live = ref alive[0];
            foreach (var slot in slots)
                if (slot >= 0 && !Unsafe.Add(ref live, slot))
                    return false;
            return true;
        }

        /// <summary>Stores zeros in slots that are free; eight flags are read at once, since most neighbours are alike.</summary>
        protected static void ClearFree(Span<double> directions, ReadOnlySpan<bool> alive)
        {
            const int Together = sizeof(ulong);
            const ulong AllSet = ulong.MaxValue / byte.MaxValue;
            var numbers = directions.Slice(0, alive.Length * TLanes.Count);
            for (; alive.Length >= Together; alive = alive[Together..], numbers = numbers[(Together * TLanes.Count)..])
            {
                var flags = MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(alive));
                if (flags == 0)
                    numbers[..(Together * TLanes.Count)].Clear();
                else if (flags != AllSet)
                    ClearOneByOne(numbers, alive[..Together]);
            }
            ClearOneByOne(numbers, alive);
        }

        private static void ClearOneByOne(Span<double> numbers, ReadOnlySpan<bool> alive)
        {
            for (var slot = 0; slot < alive.Length; slot++)
                if (!alive[slot])
                    TLanes.Store(default, ref numbers[slot * TLanes.Count]);
        }

        /// <summary>Where every output carries something every operation does; slots that are free hold zeros.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        protected static void ReverseFull(SweepGraph graph, double[] labels, Span<double> directions)
        {
            ref var w = ref labels[0];
            ref var t = ref directions[0];
            ref var source = ref graph.Sources[0];
            ref var label = ref graph.Labels[0];
            ref var target = ref graph.Targets[0];
            ref var ends = ref graph.EdgeEnds[0];
            nint end = graph.Sources.Length;
            for (nint k = graph.Targets.Length - 1; k >= 0; k--)
            {
                nint start = k == 0 ? 0 : Unsafe.Add(ref ends, k - 1);
                ref var from = ref Unsafe.Add(ref t, (nint)Unsafe.Add(ref target, k) * TLanes.Count);
                var adjoint = TLanes.Load(ref from);
                TLanes.Store(default, ref from);
                for (var edge = start; edge < end; edge++)
                {
                    ref var to = ref Unsafe.Add(ref t, (nint)Unsafe.Add(ref source, edge) * TLanes.Count);
                    TLanes.Store(TLanes.MultiplyAdd(Unsafe.Add(ref w, Unsafe.Add(ref label, edge)), adjoint, TLanes.Load(ref to)), ref to);
                }
                end = start;
            }
        }

        private static void Reverse<TProduct>(SweepGraph graph, double[] labels, Span<double> directions, bool[] alive)
            where TProduct : struct, IProduct
        {
            ref var w = ref labels[0];
            ref var t = ref directions[0];
            ref var live = ref alive[0];
            ref var source = ref graph.Sources[0];
            ref var label = ref graph.Labels[0];
            ref var target = ref graph.Targets[0];
            ref var ends = ref graph.EdgeEnds[0];
            nint end = graph.Sources.Length;
            for (nint k = graph.Targets.Length - 1; k >= 0; k--)
            {
                nint start = k == 0 ? 0 : Unsafe.Add(ref ends, k - 1);
                nint from = Unsafe.Add(ref target, k);
                if (Unsafe.Add(ref live, from))
                {
                    // The slot is free from here on: a source that is used last here may own it next.
                    Unsafe.Add(ref live, from) = false;
                    var adjoint = TLanes.Load(ref Unsafe.Add(ref t, from * TLanes.Count));
                    for (var edge = start; edge < end; edge++)
                    {
                        nint to = Unsafe.Add(ref source, edge);
                        ref var slot = ref Unsafe.Add(ref t, to * TLanes.Count);
                        TLanes sum = default;
                        if (Unsafe.Add(ref live, to))
                            sum = TLanes.Load(ref slot);
                        else
                            Unsafe.Add(ref live, to) = true;
                        TLanes.Store(TProduct.MultiplyAdd(Unsafe.Add(ref w, Unsafe.Add(ref label, edge)), adjoint, sum), ref slot);
                    }
                }
                end = start;
            }
        }
    }
    private sealed class ReadyKernel<TLanes> : Kernel<TLanes>
        where TLanes : struct, IDirections<TLanes>
    {
        public static new readonly ReadyKernel<TLanes> Instance = new();

        public override void Forward(SweepGraph graph, double[] labels, Span<double> directions, bool[] alive, bool carefully)
        {
            if (carefully || graph.Targets.Length == 0)
            {
                base.Forward(graph, labels, directions, alive, carefully);
                return;
            }
            for (var slot = 0; slot < graph.InputCount; slot++)
                if (!alive[slot])
                    directions.Slice(slot * TLanes.Count, TLanes.Count).Clear();
            FollowForward(graph, labels, directions);
            alive.AsSpan(0, graph.SlotCount).Fill(true);
        }

        public override void Reverse(SweepGraph graph, double[] labels, Span<double> directions, bool[] alive, bool carefully)
        {
            if (carefully || graph.Targets.Length == 0)
            {
                base.Reverse(graph, labels, directions, alive, carefully);
                return;
            }
            ClearFree(directions, alive.AsSpan(0, graph.SlotCount));
            FollowReverse(graph, labels, directions);
            alive.AsSpan(0, graph.InputCount).Fill(true);
            alive.AsSpan(graph.InputCount, graph.SlotCount - graph.InputCount).Clear();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void FollowForward(SweepGraph graph, double[] labels, Span<double> directions) => ForwardFull(graph, labels, directions);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void FollowReverse(SweepGraph graph, double[] labels, Span<double> directions) => ReverseFull(graph, labels, directions);
    }
}
