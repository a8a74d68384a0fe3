using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using HybridAD.Primitives;

namespace HybridAD.Graph;

/// <summary>
/// The fingerprint of a trace. Literals are numbered in the order of their nodes, so that it is the same whether or not equal ones share a place.
/// </summary>
internal sealed class TraceHash
{
    private const int AtOnce = 1024;

    private readonly Trace _trace;

    // Not a cryptographic hash: it guards against mistakes, and loading a cryptographic library costs a short-lived process milliseconds.
    private readonly XxHash128 _hash = new();
    private readonly long[] _numbers;
    private int _count;

    private TraceHash(Trace trace)
    {
        _trace = trace;
        // Most functions that are looked up by their fingerprint are kernels of a few operations.
        _numbers = new long[Math.Clamp(trace.Constants.Length + 2 * trace.Guards.Length, 1, AtOnce)];
    }

    /// <summary>The fingerprint.</summary>
    public static string Of(Trace trace) => new TraceHash(trace).Finish();

    private string Finish()
    {
        _hash.Append(BitConverter.GetBytes(_trace.InputCount));
        _hash.Append(_trace.Operations);
        AddOperands();
        _hash.Append(MemoryMarshal.AsBytes(_trace.OperandLists));
        AddNumbers();
        _hash.Append(MemoryMarshal.AsBytes(_trace.Outputs));
        // (What the framework has for this is compiled when it is first called.)
        var hash = _hash.GetHashAndReset();
        return BinaryPrimitives.ReadUInt64BigEndian(hash).ToString("x16", CultureInfo.InvariantCulture) + BinaryPrimitives.ReadUInt64BigEndian(hash.AsSpan(sizeof(ulong))).ToString("x16", CultureInfo.InvariantCulture);
    }

    private void AddOperands()
    {
        var operands = new int[2 * Math.Min(AtOnce, _trace.NodeCount)];
        var numbers = 0;
        for (var first = 0; first < _trace.NodeCount; first += AtOnce)
        {
            var count = Math.Min(AtOnce, _trace.NodeCount - first);
            _trace.RawOperands.Slice(2 * first, 2 * count).CopyTo(operands);
            for (var k = 0; k < count; k++)
                if (_trace.Operations[first + k] == Op.Constant)
                    operands[2 * k] = numbers++;
                else if (IsParametric(first + k))
                {
                    operands[2 * k + 1] = numbers;
                    numbers += 1 + _trace.ParametersOf(first + k).Length;
                }
            _hash.Append(MemoryMarshal.AsBytes(operands.AsSpan(0, 2 * count)));
        }
    }

    private void AddNumbers()
    {
        for (var node = _trace.InputCount; node < _trace.NodeCount; node++)
            if (_trace.IsConstant(node))
                Add(OneNaN(_trace.ConstantOf(node)));
            else if (IsParametric(node))
            {
                var parameters = _trace.ParametersOf(node);
                Add(OneNaN(parameters.Length));
                foreach (var parameter in parameters)
                    Add(OneNaN(parameter));
            }
        foreach (var guard in _trace.Guards)
        {
            Add(guard.Node);
            Add(OneNaN(guard.Expected));
        }
        _hash.Append(MemoryMarshal.AsBytes(_numbers.AsSpan(0, _count)));
    }

    private void Add(long number)
    {
        if (_count == _numbers.Length)
        {
            _hash.Append(MemoryMarshal.AsBytes<long>(_numbers));
            _count = 0;
        }
        _numbers[_count++] = number;
    }

    private bool IsParametric(int node) =>
        _trace.Operations[node] is var operation && operation > Op.Constant && Primitive.ArityOf(operation) == Arity.Parametric;

    /// <summary>All NaNs are one number to a function, and files keep neither their sign nor their payload.</summary>
    private static long OneNaN(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);
}
