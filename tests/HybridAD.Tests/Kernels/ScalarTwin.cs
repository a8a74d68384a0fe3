using HybridAD.Execution.Kernels;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Primitives;

namespace HybridAD.Tests.Kernels;

/// <summary>A kernel one instance, one step, one number at a time: not coded with efficiency in mind.</summary>
internal static class ScalarTwin
{
    /// <summary>The numbers that an instance stores.</summary>
    public static double[] Evaluate(KernelCode code, double[] loads)
    {
        var v = new double[code.Steps.Length];
        for (var k = 0; k < v.Length; k++)
        {
            var step = code.Steps[k];
            v[k] = step.Kind switch
            {
                StepKind.Literal => step.Number,
                StepKind.Load => loads[step.A],
                StepKind.Value => KernelOperation.Of(step.Operation).Value(step.B < 0 ? [v[step.A]] : [v[step.A], v[step.B]], []),
                StepKind.PartialA => Partial(step, 0),
                StepKind.PartialB => Partial(step, 1),
                StepKind.MultiplyAdd => double.MultiplyAddEstimate(v[step.A], v[step.B], v[step.C]),
                StepKind.NegatedMultiplyAdd => double.MultiplyAddEstimate(-v[step.A], v[step.B], v[step.C]),
                StepKind.MultiplySubtract => double.MultiplyAddEstimate(v[step.A], v[step.B], -v[step.C]),
                StepKind.Select => v[step.A] == 0 ? v[step.C] : v[step.B],
                _ => throw new InvalidOperationException(),
            };
        }
        return [.. code.Stores.ToArray().Select(store => v[store])];

        double Partial(KernelStep step, int operand)
        {
            var partials = new double[2];
            double[] operands = step.B < 0 ? [v[step.A]] : [v[step.A], v[step.B]];
            KernelOperation.Of(step.Operation).Partials(operands, [], v[step.C], partials.AsSpan(0, operands.Length));
            return partials[operand];
        }
    }

    /// <summary>
    /// The whole kernel. Instances that share a register store together, stream after stream; sums over all instances are added in plain order.
    /// </summary>
    public static void Run(
        KernelCode code, KernelStream[] streams, double[] memory, double[] point, double[] result, int[] data, int firstChunk, int endChunk, int lanes)
    {
        for (var first = 8 * firstChunk; first < 8 * endChunk; first += lanes)
        {
            var stored = new double[lanes][];
            for (var l = 0; l < lanes; l++)
            {
                var loads = new double[code.LoadCount];
                for (var s = 0; s < loads.Length; s++)
                    loads[s] = (streams[Head(s)].Space == Space.Point ? point : memory)[Position(s, first + l)];
                stored[l] = Evaluate(code, loads);
            }
            for (var head = code.LoadCount; head < streams.Length; head += streams[head].Run)
                for (var l = 0; l < lanes; l++)
                    for (var s = head; s < head + streams[head].Run; s++)
                        Store(s, head, first + l, stored[l][s - code.LoadCount]);
        }

        void Store(int s, int head, int instance, double number)
        {
            var shape = streams[head];
            var target = shape.Space == Space.Result ? result : memory;
            var position = Position(s, instance);
            if (shape.Addressing == Addressing.Indexed && Position(head, instance) < 0)
                return;
            if (shape.Addressing == Addressing.Masked && (data[data[head] + 2 * instance + 1] >> (s - head) & 1) == 0)
                return;
            if (shape is { Addressing: Addressing.Regular, Stride: 0, Store: StoreKind.Accumulate } && instance >= data[data[head] + 1])
                return;
            if (shape.Store == StoreKind.Assign)
                target[position] = number;
            else
                target[position] += number;
        }

        int Head(int s)
        {
            while (streams[s].Run == 0)
                s--;
            return s;
        }

        int Position(int s, int instance)
        {
            var head = Head(s);
            var at = data[head];
            var stride = streams[head].Stride;
            if (streams[head].Addressing == Addressing.Permuted)
                return PermutedPosition(s - head, streams[head].Run, at, instance);
            if (streams[head] is { Addressing: Addressing.Split, Leader: >= 0 and var leader })
                return data[at] + Position(leader, instance);
            if (streams[head].Addressing == Addressing.Split)
                return Enumerable.Range(0, stride).Select(range => at + 2 * (stride * (instance / 8) + range))
                    .Where(range => (data[range + 1] >> instance % 8 & 1) != 0).Select(range => data[range]).Single() + instance % 8;
            return s - head + streams[head].Addressing switch
            {
                Addressing.Affine => data[at] + data[at + 1] * (instance / 8) + stride * (instance % 8),
                Addressing.Based => data[at + instance / 8] + stride * (instance % 8),
                Addressing.Regular => data[at] + stride * instance,
                Addressing.Trailing => data[at] + data[at + data[at + 1] + instance / 8] + stride * (instance % 8),
                Addressing.Masked => data[at + 2 * instance],
                _ => data[at + instance],
            };
        }

        int PermutedPosition(int stream, int run, int at, int instance)
        {
            var row = at + (run > 8 ? 4 : 2) * instance;
            for (var number = 0; number < run; number++)
                if ((data[row + (run > 8 ? 2 : 1) + number / 8] >> 4 * (number % 8) & 15) == stream)
                    return data[row] + number;
            throw new InvalidOperationException($"Stream {stream} is nowhere in its row.");
        }
    }
}
