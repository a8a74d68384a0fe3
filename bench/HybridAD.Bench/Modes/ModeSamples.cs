using System.Globalization;
using HybridAD.Planning.Costs;

namespace HybridAD.Bench.Modes;

/// <summary>Measured times beside what predictions are made of, one line of comma-separated values for each mode of each model.</summary>
internal static class ModeSamples
{
    public static void Write(string path, IEnumerable<ModeTimes> models)
    {
        using var file = new StreamWriter(path);
        file.WriteLine("model,mode,nanoseconds," + string.Join(',', Price.All.Select(static price => price.Name)));
        foreach (var model in models)
            foreach (var mode in model.Modes)
                file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Name.Replace(',', ';')},{mode.Mode},{1e9 * mode.Measured:R},")
                    + string.Join(',', Price.All.Select(price => mode.Work[price].ToString("R", CultureInfo.InvariantCulture))));
    }
}
