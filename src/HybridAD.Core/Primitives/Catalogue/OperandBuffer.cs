using System.Buffers;
using System.Runtime.CompilerServices;

namespace HybridAD.Primitives;

/// <summary>Gathers the operands of list operations: on the stack while lists are short, in a pooled array otherwise.</summary>
internal ref struct OperandBuffer : IDisposable
{
    /// <summary>The longest list that fits on the stack.</summary>
    public const int StackSize = 64;

    private readonly Span<double> _values;
    private readonly double[]? _pooled;

    public OperandBuffer(int longest, Span<double> stack)
    {
        _pooled = longest <= stack.Length ? null : ArrayPool<double>.Shared.Rent(longest);
        _values = _pooled ?? stack;
    }

    public readonly Span<double> Gather(ReadOnlySpan<double> slots, ReadOnlySpan<int> operands)
    {
        var values = _values[..operands.Length];
        for (var k = 0; k < operands.Length; k++)
            values[k] = slots[operands[k]];
        return values;
    }

    /// <summary>The numbers of some slots, which are trusted.</summary>
    public readonly Span<double> Gather(ref readonly double slots, ReadOnlySpan<int> operands)
    {
        var values = _values[..operands.Length];
        for (var k = 0; k < operands.Length; k++)
            values[k] = Unsafe.Add(ref Unsafe.AsRef(in slots), operands[k]);
        return values;
    }

    /// <summary>Room for some numbers.</summary>
    public readonly Span<double> Of(int count) => _values[..count];

    public readonly void Dispose()
    {
        if (_pooled is not null)
            ArrayPool<double>.Shared.Return(_pooled);
    }
}
