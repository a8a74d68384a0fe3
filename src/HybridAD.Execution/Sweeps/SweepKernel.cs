using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
    public abstract void Forward(SweepGraph graph, double[] labels, double[] directions, bool[] alive, bool carefully);

    /// <summary>Carries adjoints from the outputs to the inputs.</summary>
    public abstract void Reverse(SweepGraph graph, double[] labels, double[] directions, bool[] alive, bool carefully);

    /// <summary>The kernel for a number of directions: 1, 4, 8 or 16, in the widest registers of the machine.</summary>
    public static SweepKernel ForWidth(int width) => width switch
    {
        1 => Kernel<ScalarLane>.Instance,
        4 => Kernel<FourLanes>.Instance,
        8 => Vector512.IsHardwareAccelerated ? Kernel<EightLanes>.Instance : Kernel<TwiceLanes<FourLanes>>.Instance,
        16 => Vector512.IsHardwareAccelerated ? Kernel<TwiceLanes<EightLanes>>.Instance : Kernel<TwiceLanes<TwiceLanes<FourLanes>>>.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Sweeps carry 1, 4, 8 or 16 directions."),
    };

    private sealed class Kernel<TLanes> : SweepKernel
        where TLanes : struct, ILanes<TLanes>
    {
        public static readonly Kernel<TLanes> Instance = new();

        public override int Width => TLanes.Count;

        public override void Forward(SweepGraph graph, double[] labels, double[] directions, bool[] alive, bool carefully)
        {
            if (graph.Targets.Length == 0)
                return;
            if (carefully)
                Forward<Careful>(graph, labels, directions, alive);
            else
                Forward<Fast>(graph, labels, directions, alive);
        }

        public override void Reverse(SweepGraph graph, double[] labels, double[] directions, bool[] alive, bool carefully)
        {
            if (graph.Targets.Length == 0)
                return;
            if (carefully)
                Reverse<Careful>(graph, labels, directions, alive);
            else
                Reverse<Fast>(graph, labels, directions, alive);
        }

        private static void Forward<TProduct>(SweepGraph graph, double[] labels, double[] directions, bool[] alive)
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

        private static void Reverse<TProduct>(SweepGraph graph, double[] labels, double[] directions, bool[] alive)
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
}
