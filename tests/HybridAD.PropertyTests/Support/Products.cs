namespace HybridAD.PropertyTests.Support;

/// <summary>Whole Jacobians by products with unit vectors.</summary>
internal static class Products
{
    public static double[,] Columns(TracedFunction f, double[] point)
    {
        var jacobian = new double[f.OutputCount, f.InputCount];
        for (var j = 0; j < f.InputCount; j++)
        {
            var column = f.Jvp(point, Unit(f.InputCount, j));
            for (var i = 0; i < f.OutputCount; i++)
                jacobian[i, j] = column[i];
        }
        return jacobian;
    }

    public static double[,] Rows(TracedFunction f, double[] point)
    {
        var jacobian = new double[f.OutputCount, f.InputCount];
        for (var i = 0; i < f.OutputCount; i++)
        {
            var row = f.Vjp(point, Unit(f.OutputCount, i));
            for (var j = 0; j < f.InputCount; j++)
                jacobian[i, j] = row[j];
        }
        return jacobian;
    }

    private static double[] Unit(int length, int position)
    {
        var unit = new double[length];
        unit[position] = 1;
        return unit;
    }
}
