using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>An output for every sample, made by the same parameters, as Gauss–Newton methods and influence functions need it.</summary>
internal static class SampleModels
{
    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("losses of 24 samples, 8-16-16-3", static x => [.. Enumerable.Range(0, 24).Select(sample => Entropy(Layers(x, sample, 8, [16, 16, 3]), sample % 2))], Weights(8, [16, 16, 3])),
        ("outputs of 24 samples, 8-16-16-3", static x => [.. Enumerable.Range(0, 24).SelectMany(sample => Layers(x, sample, 8, [16, 16, 3]))], Weights(8, [16, 16, 3])),
        ("losses of 20 samples, 8-40-40-3", static x => [.. Enumerable.Range(0, 20).Select(sample => Entropy(Layers(x, sample, 8, [40, 40, 3]), 0))], Weights(8, [40, 40, 3])),
        ("30 patients, 24 times each", static x => Patients(x, 30, 24), 3 + 3 * 30),
    ];

    private static int Weights(int inputs, int[] widths) => widths.Aggregate((0, inputs), static (sum, width) => (sum.Item1 + width * (sum.inputs + 1), width)).Item1;

    private static Real[] Layers(Real[] weights, int sample, int inputs, int[] widths)
    {
        var random = new Random(sample);
        Real[] numbers = [.. Enumerable.Range(0, inputs).Select(_ => (Real)random.NextDouble())];
        var next = 0;
        for (var layer = 0; layer < widths.Length; layer++)
        {
            var (from, isLast) = (numbers, layer == widths.Length - 1);
            numbers = [.. Enumerable.Range(0, widths[layer]).Select(_ => from.Aggregate(weights[next++], (sum, number) => sum + number * weights[next++])).Select(sum => isLast ? sum : Tanh(sum))];
        }
        return numbers;
    }

    private static Real Entropy(Real[] scores, int label)
    {
        var most = scores.Aggregate(static (a, b) => Max(a, b));
        return Log(scores.Select(score => Exp(score - most)).Aggregate(static (a, b) => a + b)) + most - scores[label];
    }

    /// <summary>How much of a drug is in the blood; every patient takes it up, spreads it and breaks it down a little otherwise than all others do.</summary>
    private static Real[] Patients(Real[] x, int patients, int times)
    {
        var measured = new List<Real>();
        for (var patient = 0; patient < patients; patient++)
        {
            var own = 3 + 3 * patient;
            var (uptake, decay, volume) = (Exp(x[0] + 0.2 * x[own]), Exp(x[1] + 0.2 * x[own + 1] - 1), Exp(x[2] + 0.2 * x[own + 2]));
            var (stomach, blood) = ((Real)1, (Real)0);
            for (var time = 0; time < times; time++)
            {
                var slope = Slope(stomach, blood);
                var left = stomach - 0.1 * uptake * stomach;
                blood += 0.05 * (slope + Slope(left, blood + 0.1 * slope));
                stomach = left;
                if (time % 6 == 5)
                    measured.Add(Log(blood + 0.01));
            }

            Real Slope(Real inStomach, Real inBlood) => uptake * inStomach / volume - decay * inBlood / (1 + 0.1 * inBlood);
        }
        return [.. measured];
    }
}
