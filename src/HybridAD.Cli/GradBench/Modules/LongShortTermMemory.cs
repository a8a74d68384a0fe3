using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>The loss of a recurrent net that predicts the next character of a text; all its products are elementwise.</summary>
internal sealed class LongShortTermMemory() : GradBenchModule("lstm")
{
    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var data = Data.Of(input);
        Func<Real[], Real>[] whole = [parameters => Loss<Real>(parameters, data)];
        return function switch
        {
            "objective" => ScalarObjective.Value(whole, data.Parameters, preparation),
            "jacobian" => ScalarObjective.Gradient(whole, data.Parameters, preparation, static (json, gradient) => json.FiniteList(gradient)),
            _ => throw NoFunction(function),
        };
    }

    /// <summary>The mean negative log-likelihood of a character after those before it.</summary>
    public static T Loss<T>(ReadOnlySpan<T> parameters, Data data)
        where T : IFloatingPointIeee754<T>
    {
        var (layers, width, characters) = (data.Layers, data.Width, data.Sequence);
        var outside = parameters[(8 * layers * width)..];
        var state = Array.ConvertAll(data.State.Numbers, T.CreateTruncating);
        var (total, signal) = (T.Zero, new T[width]);
        for (var t = 0; t + 1 < characters.Count; t++)
        {
            for (var j = 0; j < width; j++)
                signal[j] = T.CreateTruncating(characters[t, j]) * outside[j];
            for (var layer = 0; layer < layers; layer++)
                Step(parameters.Slice(8 * layer * width, 4 * width), parameters.Slice((8 * layer + 4) * width, 4 * width), state.AsSpan(2 * layer * width, 2 * width), signal);
            // The sum begins with 2, as that of the suite does.
            var (predicted, normalizer) = (new T[width], T.CreateTruncating(2));
            for (var j = 0; j < width; j++)
            {
                predicted[j] = signal[j] * outside[width + j] + outside[2 * width + j];
                normalizer += T.Exp(predicted[j]);
            }
            var log = T.Log(normalizer);
            for (var j = 0; j < width; j++)
                total += T.CreateTruncating(characters[t + 1, j]) * (predicted[j] - log);
        }
        return -total / T.CreateTruncating((characters.Count - 1) * width);
    }

    /// <summary>One layer, one character on; the signal is what goes into the layer, then what comes out.</summary>
    private static void Step<T>(ReadOnlySpan<T> weights, ReadOnlySpan<T> biases, Span<T> state, Span<T> signal)
        where T : IFloatingPointIeee754<T>
    {
        var width = signal.Length;
        for (var j = 0; j < width; j++)
        {
            var (hidden, cell) = (state[j], state[width + j]);
            var forget = Sigmoid(signal[j] * weights[j] + biases[j]);
            var admit = Sigmoid(hidden * weights[width + j] + biases[width + j]);
            var release = Sigmoid(signal[j] * weights[2 * width + j] + biases[2 * width + j]);
            var change = T.Tanh(hidden * weights[3 * width + j] + biases[3 * width + j]);
            cell = cell * forget + admit * change;
            hidden = release * T.Tanh(cell);
            (state[j], state[width + j], signal[j]) = (hidden, cell, hidden);
        }
    }

    private static T Sigmoid<T>(T x)
        where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));

    /// <summary>What the net starts from, and the text.</summary>
    internal sealed record Data(double[] Parameters, Rows State, Rows Sequence)
    {
        public int Layers => State.Count / 2;

        public int Width => State.Width;

        public static Data Of(JsonElement input)
        {
            var state = input.Rows("state");
            if (state.Count == 0 || state.Count % 2 != 0 || state.Width == 0)
                throw new ModuleException($"'state' has {state.Count} rows of {state.Width}; a layer has two, of 1 or more");
            var sequence = input.Rows("sequence", columns: state.Width);
            if (sequence.Count < 2)
                throw new ModuleException($"'sequence' has {sequence.Count} characters; it takes two to predict one");
            return new([.. input.Rows("main_params", state.Count, 4 * state.Width).Numbers, .. input.Rows("extra_params", 3, state.Width).Numbers], state, sequence);
        }
    }
}
