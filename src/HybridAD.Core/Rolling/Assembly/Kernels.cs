using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rolling.Forms;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Assembly;

/// <summary>
/// The kernels of the forms that repeat, made once each, so that blocks of one form share their kernel. Literals that are equal in all instances are literals of
/// the kernel; the others are its parameters, one for those that are equal to each other in every instance.
/// </summary>
internal sealed class Kernels
{
    private const int Uniform = -1;

    private static readonly SimplificationOptions Sharing = SimplificationOptions.None with { CommonSubexpressions = true };

    private readonly Instances _instances;
    private readonly FormTable _forms;
    private readonly Trace?[] _kernels;
    private readonly int[] _firstRegions;
    private readonly int[] _literalStarts;

    // For every literal of every form: the earlier literal that it equals in every instance, itself, or Uniform.
    private readonly int[] _sameAs;
    private readonly int[][] _parameters;

    public Kernels(Instances instances)
    {
        _instances = instances;
        _forms = instances.Forms;
        _kernels = new Trace?[_forms.Count];
        _parameters = new int[_forms.Count][];
        _firstRegions = new int[_forms.Count];
        _literalStarts = new int[_forms.Count + 1];
        for (var form = 0; form < _forms.Count; form++)
            _literalStarts[form + 1] = _literalStarts[form] + (Repeats(form) ? _forms.LiteralCount(form) : 0);
        _sameAs = CompareLiterals();
    }

    /// <summary>The positions, among the literals of a region of a form, of the kernel's parameters.</summary>
    public ReadOnlySpan<int> Parameters(int form) => _parameters[form];

    /// <summary>The kernel of a form.</summary>
    public Trace Of(int form) => _kernels[form] ??= Write(form);

    private bool Repeats(int form) => _forms.Repeats(form);

    private int[] CompareLiterals()
    {
        var sameAs = new int[_literalStarts[^1]];
        var hashes = new ulong[sameAs.Length];
        Array.Fill(_firstRegions, -1);
        Array.Fill(sameAs, Uniform);
        for (var region = 0; region < _instances.RegionCount; region++)
        {
            var form = _instances.FormOf[region];
            if (_firstRegions[form] < 0)
                _firstRegions[form] = region;
            var start = _literalStarts[form];
            if (start == _literalStarts[form + 1])
                continue;
            var literals = _instances.Literals(region);
            var first = _instances.Literals(_firstRegions[form]);
            for (var k = 0; k < literals.Length; k++)
            {
                var bits = BitConverter.DoubleToUInt64Bits(literals[k]);
                ref var hash = ref hashes[start + k];
                hash = (hash ^ bits) * 0xD6E8FEB86659FD93;
                hash ^= hash >> 32;
                if (bits != BitConverter.DoubleToUInt64Bits(first[k]))
                    sameAs[start + k] = k;
            }
        }
        for (var form = 0; form < _forms.Count; form++)
            JoinEqual(sameAs.AsSpan(_literalStarts[form], _literalStarts[form + 1] - _literalStarts[form]), hashes.AsSpan(_literalStarts[form]));
        if (sameAs.AsSpan().ContainsAnyExcept(Uniform))
            VerifyEqual(sameAs);
        return sameAs;
    }

    /// <summary>The parameters of a form that are the same as an earlier one.</summary>
    private static void JoinEqual(Span<int> sameAs, ReadOnlySpan<ulong> hashes)
    {
        if (!sameAs.ContainsAnyExcept(Uniform))
            return;
        var distinct = new KeyNumbers();
        var firsts = new Growing<int>();
        for (var k = 0; k < sameAs.Length; k++)
        {
            if (sameAs[k] == Uniform)
                continue;
            var number = distinct.NumberOf(hashes[k]);
            if (number == firsts.Count)
                firsts.Add(k);
            else
                sameAs[k] = firsts[number];
        }
    }

    /// <summary>Equal hashes are a strong hint and no proof.</summary>
    private void VerifyEqual(int[] sameAs)
    {
        for (var region = 0; region < _instances.RegionCount; region++)
        {
            var form = _instances.FormOf[region];
            if (_literalStarts[form] == _literalStarts[form + 1])
                continue;
            var literals = _instances.Literals(region);
            for (var k = 0; k < literals.Length; k++)
            {
                ref var same = ref sameAs[_literalStarts[form] + k];
                if (same != Uniform && BitConverter.DoubleToInt64Bits(literals[k]) != BitConverter.DoubleToInt64Bits(literals[same]))
                    same = k;
            }
        }
    }

    private Trace Write(int form)
    {
        var text = _forms.Text(form);
        var leafCount = _forms.LeafCount(form);
        var sameAs = _sameAs.AsSpan(_literalStarts[form], _forms.LiteralCount(form));
        var inputs = new int[sameAs.Length];
        var positions = new List<int>();
        for (var k = 0; k < sameAs.Length; k++)
        {
            if (sameAs[k] == k)
            {
                inputs[k] = leafCount + positions.Count;
                positions.Add(k);
            }
            else if (sameAs[k] != Uniform)
                inputs[k] = inputs[sameAs[k]];
        }
        _parameters[form] = [.. positions];
        var first = _instances.Literals(_firstRegions[form]);
        var ids = new int[_forms.OperationCount(form)];
        var builder = new TraceBuilder(leafCount + positions.Count, leafCount + positions.Count + ids.Length + sameAs.Length);
        var (at, literal) = (1, 0);
        for (var k = 0; k < ids.Length; k++)
        {
            var operation = (byte)text[at++];
            var count = Primitive.ArityOf(operation) switch
            {
                Arity.Unary or Arity.Parametric => 1,
                Arity.Binary => 2,
                _ => text[at++],
            };
            double[] parameters = [];
            if (Primitive.ArityOf(operation) == Arity.Parametric)
            {
                parameters = new double[text[at++]];
                for (var p = 0; p < parameters.Length; p++)
                    parameters[p] = ReadNumber(text, ref at);
            }
            var operands = new int[count];
            for (var o = 0; o < count; o++)
            {
                var reference = text[at++];
                switch (FormReference.KindOf(reference))
                {
                    case FormReference.Literal:
                        operands[o] = sameAs[literal] == Uniform ? builder.Constant(first[literal]) : inputs[literal];
                        literal++;
                        break;
                    case FormReference.Number:
                        operands[o] = builder.Constant(ReadNumber(text, ref at));
                        break;
                    case FormReference.Leaf:
                        operands[o] = FormReference.IndexOf(reference);
                        break;
                    default:
                        operands[o] = ids[FormReference.IndexOf(reference)];
                        break;
                }
            }
            ids[k] = Primitive.ArityOf(operation) switch
            {
                Arity.Unary => builder.Unary(operation, operands[0]),
                Arity.Binary => builder.Binary(operation, operands[0], operands[1]),
                Arity.Parametric => builder.Parametric(operation, operands[0], parameters),
                _ => builder.List(operation, operands),
            };
        }
        var outputs = new int[_forms.OutputCount(form)];
        for (var o = 0; o < outputs.Length; o++)
            outputs[o] = ids[text[at++]];
        var kernel = builder.Build(outputs);
        // Most kernels are one operation, in which nothing can be shared but literals.
        return ids.Length == 1 && kernel.NodeCount <= kernel.InputCount + 2 ? kernel : Simplifier.Simplify(kernel, Sharing).Trace;
    }

    private static double ReadNumber(ReadOnlySpan<int> text, ref int at) => BitConverter.Int64BitsToDouble(FormReference.NumberAt(text, ref at));
}
