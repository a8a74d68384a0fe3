using System.Buffers.Binary;
using HybridAD.Collections;

namespace HybridAD.Execution.Kernels.Steps;

/// <summary>Steps of a code in few bytes each: what a step has, its primitive, how far back its operands are, and the number of a literal.</summary>
internal static class PackedSteps
{
    private const int KindBits = 4;
    private const int KindMask = (1 << KindBits) - 1;
    private const int HasA = 1 << KindBits;
    private const int HasB = HasA << 1;
    private const int HasC = HasB << 1;
    private const int HasNumber = HasC << 1;

    /// <summary>Packs steps.</summary>
    public static byte[] Pack(ReadOnlySpan<KernelStep> steps)
    {
        var bytes = new List<byte>(8 * steps.Length);
        Span<byte> eight = stackalloc byte[sizeof(double)];
        for (var k = 0; k < steps.Length; k++)
        {
            ref readonly var step = ref steps[k];
            var number = BitConverter.DoubleToInt64Bits(step.Number);
            bytes.Add((byte)((int)step.Kind | (step.A >= 0 ? HasA : 0) | (step.B >= 0 ? HasB : 0) | (step.C >= 0 ? HasC : 0) | (number != 0 ? HasNumber : 0)));
            bytes.Add(step.Operation);
            WriteOperand(step.A);
            WriteOperand(step.B);
            WriteOperand(step.C);
            if (number == 0)
                continue;
            BinaryPrimitives.WriteInt64LittleEndian(eight, number);
            bytes.AddRange(eight);

            // A load has the number of a stream there, which may be behind the step.
            void WriteOperand(int operand)
            {
                if (operand >= 0)
                    ShortNumbers.WriteSigned(bytes, k - operand);
            }
        }
        return [.. bytes];
    }

    /// <summary>The steps again.</summary>
    public static KernelStep[] Unpack(ReadOnlySpan<byte> bytes, int count)
    {
        var steps = new KernelStep[count];
        var at = 0;
        for (var k = 0; k < count; k++)
        {
            var (head, operation) = (bytes[at], bytes[at + 1]);
            at += 2;
            var a = Operand(bytes, ref at, (head & HasA) != 0, k);
            var b = Operand(bytes, ref at, (head & HasB) != 0, k);
            var c = Operand(bytes, ref at, (head & HasC) != 0, k);
            var number = 0.0;
            if ((head & HasNumber) != 0)
            {
                number = BinaryPrimitives.ReadDoubleLittleEndian(bytes[at..]);
                at += sizeof(double);
            }
            steps[k] = new((StepKind)(head & KindMask), operation, a, b, c, number);
        }
        return steps;
    }

    private static int Operand(ReadOnlySpan<byte> bytes, ref int at, bool isThere, int step) => isThere ? (int)(step - ShortNumbers.ReadSigned(bytes, ref at)) : -1;
}
