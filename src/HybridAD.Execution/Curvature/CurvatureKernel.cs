using System.Runtime.CompilerServices;
using HybridAD.Execution.Sweeps;
using Lanes512 = HybridAD.Lanes.Lanes512;

namespace HybridAD.Execution.Curvature;

/// <summary>Runs the way back of second derivatives with a fixed number of directions side by side.</summary>
/// <remarks>
/// <c>directions</c> holds as many numbers per slot as there are directions, first those of the tangents as the forward sweep left them, then those of the way
/// back; <c>alive</c> in the same order tells which hold anything but structural zeros. The caller has cleared <c>alive</c> of the way back; afterwards
/// only inputs are alive there.
/// </remarks>
internal abstract class CurvatureKernel
{
    /// <summary>Carries the derivatives of the adjoints to the inputs.</summary>
    public abstract void Reverse(CurvatureGraph graph, double[] numbers, Span<double> directions, bool[] alive, bool carefully);

    /// <summary>The kernel for a number of directions: 1, 4, 8 or 16, in the widest registers of the machine.</summary>
    public static CurvatureKernel ForWidth(int width) => width switch
    {
        1 => Kernel<ScalarLane>.Instance,
        4 => Kernel<FourLanes>.Instance,
        8 => Lanes512.IsAccelerated ? Kernel<EightLanes>.Instance : Kernel<TwiceLanes<FourLanes>>.Instance,
        16 => Lanes512.IsAccelerated ? Kernel<TwiceLanes<EightLanes>>.Instance : Kernel<TwiceLanes<TwiceLanes<FourLanes>>>.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Sweeps carry 1, 4, 8 or 16 directions."),
    };

    private sealed class Kernel<TLanes> : CurvatureKernel
        where TLanes : struct, IDirections<TLanes>
    {
        public static readonly Kernel<TLanes> Instance = new();

        public override void Reverse(CurvatureGraph graph, double[] numbers, Span<double> directions, bool[] alive, bool carefully)
        {
            if (graph.Targets.Length == 0)
                return;
            if (carefully)
                Reverse<Careful>(graph, numbers, directions, alive);
            else
                Reverse<Fast>(graph, numbers, directions, alive);
        }

        private static void Reverse<TProduct>(CurvatureGraph graph, double[] numbers, Span<double> directions, bool[] alive)
            where TProduct : struct, IProduct
        {
            nint tangentSlots = graph.Tangents.SlotCount;
            ref var w = ref numbers[0];
            ref var t = ref directions[0];
            ref var tangentAlive = ref alive[0];
            ref var d = ref Unsafe.Add(ref t, tangentSlots * TLanes.Count);
            ref var live = ref Unsafe.Add(ref tangentAlive, tangentSlots);
            ref var target = ref graph.Targets[0];
            ref var edgeStart = ref graph.EdgeStarts[0];
            ref var source = ref graph.Sources[0];
            ref var label = ref graph.Labels[0];
            ref var termStart = ref graph.TermStarts[0];
            ref var termTangent = ref graph.TermTangents[0];
            ref var termCoefficient = ref graph.TermCoefficients[0];
            nint edge = graph.Sources.Length;
            nint endTerm = graph.TermTangents.Length;
            for (nint k = graph.Targets.Length - 1; k >= 0; k--)
            {
                nint from = Unsafe.Add(ref target, k);
                var carried = Unsafe.Add(ref live, from);
                TLanes adjoint = default;
                if (carried)
                {
                    // The slot is free from here on: a source that is used last here may own it next.
                    Unsafe.Add(ref live, from) = false;
                    adjoint = TLanes.Load(ref Unsafe.Add(ref d, from * TLanes.Count));
                }
                nint start = Unsafe.Add(ref edgeStart, k);
                while (--edge >= start)
                {
                    nint to = Unsafe.Add(ref source, edge);
                    ref var slot = ref Unsafe.Add(ref d, to * TLanes.Count);
                    TLanes sum = default;
                    var any = Unsafe.Add(ref live, to);
                    if (any)
                        sum = TLanes.Load(ref slot);
                    if (carried)
                    {
                        sum = TProduct.MultiplyAdd(Unsafe.Add(ref w, Unsafe.Add(ref label, edge)), adjoint, sum);
                        any = true;
                    }
                    nint term = Unsafe.Add(ref termStart, edge);
                    var nextEnd = term;
                    for (; term < endTerm; term++)
                    {
                        nint tangent = Unsafe.Add(ref termTangent, term);
                        if (!Unsafe.Add(ref tangentAlive, tangent))
                            continue;
                        sum = TProduct.MultiplyAdd(
                            Unsafe.Add(ref w, Unsafe.Add(ref termCoefficient, term)), TLanes.Load(ref Unsafe.Add(ref t, tangent * TLanes.Count)), sum);
                        any = true;
                    }
                    endTerm = nextEnd;
                    if (!any)
                        continue;
                    Unsafe.Add(ref live, to) = true;
                    TLanes.Store(sum, ref slot);
                }
                edge = start;
            }
        }
    }
}
