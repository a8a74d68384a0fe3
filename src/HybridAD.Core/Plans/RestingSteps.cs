using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Plans;

/// <summary>
/// Steps of an elimination that are read when code is written and hardly ever afterwards. At rest most take two bytes: the difference to the step before, and for an edge how long it is.
/// Who reads them then has them made wide again. Any number of threads may read while others let them rest.
/// </summary>
/// <param name="steps">The steps.</param>
internal struct RestingSteps(ImmutableArray<EliminationStep> steps)
{
    private const int KindBits = 2;

    private EliminationStep[]? _steps = ImmutableCollectionsMarshal.AsArray(steps);
    private byte[]? _packed;

    /// <summary>The steps, which stay wide until they rest again.</summary>
    public ImmutableArray<EliminationStep> Steps => ImmutableCollectionsMarshal.AsImmutableArray(Volatile.Read(ref _steps) ?? Widened());

    /// <summary>Lets the wide form go. Who is reading it keeps it.</summary>
    public void Rest()
    {
        if (_steps is not { } steps)
            return;
        _packed ??= Packed(steps);
        Volatile.Write(ref _steps, null);
    }

    private EliminationStep[]? Widened()
    {
        var steps = _packed is { } packed ? Unpacked(packed) : null;
        Volatile.Write(ref _steps, steps);
        return steps;
    }

    private static byte[] Packed(ReadOnlySpan<EliminationStep> steps)
    {
        var bytes = new List<byte>(2 * steps.Length);
        var last = 0;
        foreach (var (kind, from, to) in steps)
        {
            ShortNumbers.Write(bytes, ShortNumbers.Folded(from - (long)last) << KindBits | (ulong)kind);
            if (kind != EliminationKind.Vertex)
                ShortNumbers.WriteSigned(bytes, to - (long)from);
            last = from;
        }
        return [.. bytes];
    }

    private static EliminationStep[] Unpacked(byte[] bytes)
    {
        var steps = new List<EliminationStep>(bytes.Length / 2);
        var (at, last) = (0, 0);
        while (at < bytes.Length)
        {
            var number = ShortNumbers.Read(bytes, ref at);
            var kind = (EliminationKind)(number & ((1 << KindBits) - 1));
            last = (int)(last + ShortNumbers.Unfolded(number >> KindBits));
            steps.Add(new(kind, last, kind == EliminationKind.Vertex ? last : (int)(last + ShortNumbers.ReadSigned(bytes, ref at))));
        }
        return [.. steps];
    }
}
