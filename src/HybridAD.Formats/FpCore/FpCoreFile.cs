using System.Globalization;
using HybridAD.Errors;

namespace HybridAD.Formats.FpCore;

/// <summary>The cores of an FPCore file, in order.</summary>
/// <param name="FileName">The file, as messages call it.</param>
/// <param name="Cores">All cores, also those that cannot be run.</param>
public sealed record FpCoreFile(string FileName, IReadOnlyList<FpCore> Cores)
{
    private const int NamesShown = 50;

    /// <summary>One core: the only one where no name is given, else the first of that name, else the one with that number, counted from 1.</summary>
    /// <exception cref="FpCoreException">There is none, or a choice is needed; the message lists the names.</exception>
    public FpCore Choose(string? name)
    {
        if (name is null)
            return Cores.Count == 1 ? Cores[0] : throw Choice($"holds {Cores.Count} benchmarks; choose one with '--core NAME' or its number");
        foreach (var core in Cores)
            if (core.Name == name)
                return core;
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= Cores.Count
            ? Cores[number - 1] : throw Choice($"holds no benchmark '{name}'");
    }

    private FpCoreException Choice(string what)
    {
        var names = string.Join(", ", Cores.Take(NamesShown).Select(core => $"'{core.Name}'"));
        return new FpCoreException(ErrorCodes.FpCoreChoice, $"{FileName} {what}: {names}{(Cores.Count > NamesShown ? ", …" : "")}");
    }
}
