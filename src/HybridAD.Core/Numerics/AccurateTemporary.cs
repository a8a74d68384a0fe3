namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>Temporary.</summary>
    public static double Precision(double x, double digits) => double.Parse(x.ToString("E" + ((int)digits - 1), System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Temporary.</summary>
    public static double RoundTo(double x, double places) => Math.Round(x * Math.Pow(10, places)) / Math.Pow(10, places);

    /// <summary>Temporary.</summary>
    public static double TruncTo(double x, double places) => Math.Truncate(x * Math.Pow(10, places)) / Math.Pow(10, places);
}
