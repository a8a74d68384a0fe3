using System.Numerics;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// A random program of loops over arrays, as models are written: stencils with boundaries, fluxes between neighbours, gathers and scatters by index, sums of uneven length, recurrences, time steps; each loop
/// written out or stated. It runs on any number type, and its values and derivatives are tame.
/// </summary>
internal sealed class LoopProgram
{
    private readonly Loop[] _loops;
    private readonly int[] _outputs;

    private LoopProgram(int inputs, Loop[] loops, int[] outputs) => (Inputs, _loops, _outputs) = (inputs, loops, outputs);

    private enum Kind
    {
        Gather,
        Periodic,
        Clamped,
        Boundary,
        Scatter,
        Uneven,
        Recurrence,
        Steps,
        Fluxes,
        FluxesOfRing,
    }

    public int Inputs { get; }

    /// <param name="random">What decides everything.</param>
    /// <param name="size">The most elements of an array.</param>
    public static LoopProgram Create(Random random, int size)
    {
        var lengths = new List<int> { random.Next(1, size + 1) };
        var loops = new Loop[random.Next(1, 5)];
        for (var k = 0; k < loops.Length; k++)
        {
            var kind = (Kind)random.Next(10);
            var (a, b) = (random.Next(k + 1), random.Next(k + 1));
            var count = kind is Kind.Gather or Kind.Scatter or Kind.Uneven ? random.Next(1, size + 1) : lengths[a];
            var length = kind == Kind.Scatter ? random.Next(1, size + 1) : count;
            var lists = new int[kind == Kind.Uneven ? count : 0][];
            for (var i = 0; i < lists.Length; i++)
                lists[i] = [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(lengths[a]))];
            loops[k] = new Loop(
                kind, random.Next(2) == 0, count, length, a, b, Indices(random, count, lengths[a]), Indices(random, count, lengths[b]), Indices(random, count, length), lists,
                LoopBody.Create(random), LoopBody.Create(random), [.. Enumerable.Range(0, random.Next(2) == 0 ? 1 : count).Select(_ => LoopBody.Literal(random))]);
            lengths.Add(length);
        }
        return new LoopProgram(lengths[0], loops, [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(lengths[^1]))]);
    }

    /// <summary>The last array, some of its elements again, the first input, and a constant.</summary>
    public T[] Run<T>(T[] x)
        where T : IFloatingPointIeee754<T>
    {
        var arrays = new List<T[]> { x };
        foreach (var loop in _loops)
            arrays.Add(loop.Run(arrays[loop.A], arrays[loop.B]));
        return [.. arrays[^1], .. _outputs.Select(k => arrays[^1][k]), x[0], T.CreateChecked(0.5)];
    }

    public override string ToString() => $"{Inputs} inputs; {string.Join("; ", _loops.Select(loop => loop.ToString()))}; again {string.Join(' ', _outputs)}";

    /// <summary>Indices as models have them: in order, backwards, shifted, strided, all the same, by groups, or any.</summary>
    private static int[] Indices(Random random, int count, int length)
    {
        var (kind, shift, step) = (random.Next(7), random.Next(length), random.Next(1, 6));
        return [.. Enumerable.Range(0, count).Select(i => kind switch
        {
            0 => i % length,
            1 => length - 1 - i % length,
            2 => (i + shift) % length,
            3 => (step * i + shift) % length,
            4 => shift,
            5 => i / step % length,
            _ => random.Next(length),
        })];
    }

    private sealed record Loop(
        Kind Kind, bool IsStated, int Count, int Length, int A, int B, int[] OfA, int[] OfB, int[] OfResult, int[][] Lists, LoopBody Body, LoopBody Other, double[] Literals)
    {
        public override string ToString() => $"{(IsStated ? "stated " : "")}{Kind} {Count} → {Length} of {A}, {B} by {Body}";

        public T[] Run<T>(T[] a, T[] b)
            where T : IFloatingPointIeee754<T>
        {
            var result = new T[Length];
            switch (Kind)
            {
                case Kind.Gather:
                    return Map(i => Body.Of(a[OfA[i]], b[OfB[i]], a[OfB[i] % a.Length], Literal(i)));
                case Kind.Periodic:
                    return Map(i => Body.Of(a[i], a[(i + 1) % Count], a[(i + Count - 1) % Count], Literal(i)));
                case Kind.Clamped:
                    return Map(i => Body.Of(a[i], a[Math.Min(i + 1, Count - 1)], i < 2 ? T.Zero : a[i - 2], Literal(i)));
                case Kind.Boundary:
                    return Map(i => (i is 0 || i == Count - 1 ? Other : Body).Of(a[i], a[Math.Max(i - 1, 0)], a[Math.Min(i + 1, Count - 1)], Literal(i)));
                case Kind.Scatter:
                    Repeat(i =>
                    {
                        var term = Body.Of(a[OfA[i]], b[OfB[i]], a[0], Literal(i));
                        result[OfResult[i]] += term;
                        result[(OfResult[i] + 1) % Length] -= term;
                    });
                    return result;
                case Kind.Uneven:
                    return Map(i => Other.Of(IsStated
                        ? AD.Sum(Lists[i], k => Body.Of(a[k], b[OfB[i]], a[0], Literal(i)))
                        : Lists[i].Aggregate(T.Zero, (sum, k) => sum + Body.Of(a[k], b[OfB[i]], a[0], Literal(i))), b[OfB[i]], a[0], Literal(i)));
                case Kind.Recurrence:
                    var state = T.One;
                    Repeat(i => result[i] = state = T.Tanh(Body.Of(state, a[i], a[Count - 1 - i], Literal(i))));
                    return result;
                case Kind.Fluxes or Kind.FluxesOfRing:
                    var isRing = Kind == Kind.FluxesOfRing;
                    var fluxes = Map(i => Body.Between(a[i], a[(i + 1) % Count], Literal(i)));
                    return Map(i => T.CreateChecked(0.5) * (
                        isRing ? fluxes[i] - fluxes[(i + Count - 1) % Count] : i == 0 ? fluxes[i] : i == Count - 1 ? -fluxes[i - 1] : fluxes[i] - fluxes[i - 1]));
                default:
                    for (var step = 0; step < 3; step++)
                    {
                        var before = a;
                        a = Map(i => Body.Of(before[i], before[(i + 1) % Count], before[(i + Count - 1) % Count], Literal(0)));
                    }
                    return a;
            }

            T Literal(int i) => T.CreateChecked(Literals[i % Literals.Length]);

            T[] Map(Func<int, T> body)
            {
                if (IsStated)
                    return AD.Map(Count, body);
                var results = new T[Count];
                for (var i = 0; i < Count; i++)
                    results[i] = body(i);
                return results;
            }

            void Repeat(Action<int> body)
            {
                if (IsStated)
                    AD.For(Count, body);
                else
                    for (var i = 0; i < Count; i++)
                        body(i);
            }
        }
    }
}
